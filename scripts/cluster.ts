/**
 * Real Kubernetes on this machine, to play with and to test on: `deno task cluster up [--nodes 2] | down | status | env | kubectl … | exec … | import … | build`.
 *
 * @module
 */
import { Command, Option } from "commander";
import { dirname } from "node:path";
import { quote } from "./build/launcher.ts";
import { remainsOf } from "./cluster/clean.ts";
import { Cluster } from "./cluster/cluster.ts";
import { DEFAULT_NAME } from "./cluster/layout.ts";
import { LockInterruptedError } from "./cluster/lock.ts";
import { formatDuration } from "./cluster/progress.ts";
import { clusterRequirements } from "./cluster/requirements.ts";
import { statusLines } from "./cluster/status.ts";
import { prepare } from "./prepare.ts";
import { printLine } from "./print.ts";

/** Exit status after Ctrl-C. Source: signal(7), 128 + SIGINT. */
const INTERRUPTED = 130;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const cli = new Command("deno task cluster").description(
    "A Kubernetes cluster in network namespaces of this machine.",
  ).enablePositionalOptions();
  const name = new Option("--name <name>", "which cluster").default(DEFAULT_NAME).env("SPIDERPOOL_CLUSTER");
  const named = (command: Command) => command.addOption(name);
  named(cli.command("up")).description("start it, or what is missing of it, and wait until its nodes are Ready")
    .option("--nodes <number>", "how many nodes, at least", "2")
    .action(async (options: { name: string; nodes: string }) => void (code = await up(options)));
  cli.command("build").description("build its programs, as up does; takes minutes once")
    .action(async () => void (code = await build()));
  named(cli.command("down")).description("end it and remove all of it, also after a crash")
    .action(async ({ name }: { name: string }) => void (code = await down(name)));
  named(cli.command("status")).description("say what runs")
    .action(async ({ name }: { name: string }) => void (code = await status(name)));
  named(cli.command("env")).description('print what a shell needs to use it: eval "$(deno task --quiet cluster env)"')
    .action(async ({ name }: { name: string }) => void (code = await env(name)));
  named(cli.command("import")).description("import an image from an archive into every node").argument("<archive>")
    .action(async (archive: string, { name }: { name: string }) => void (code = await importImage(name, archive)));
  passing(named(cli.command("kubectl"))).description("run kubectl of the same version against it")
    .action(async (words: string[], { name }: { name: string }) => void (code = await kubectl(name, words)));
  passing(named(cli.command("exec"))).description("run a command in a node, or in ctl: exec node-1 ip address")
    .action(async (words: string[], { name }: { name: string }) => void (code = await exec(name, words)));
  try {
    await cli.parseAsync([...args], { from: "user" });
    return code;
  } catch (err) {
    complain(`Failed: ${err instanceof Error ? err.message : err}`);
    return 1;
  }
}

async function build(): Promise<number> {
  await prepare(clusterRequirements);
  await Cluster.build({ say: printLine });
  printLine("all programs are built");
  return 0;
}

async function up({ name, nodes }: { name: string; nodes: string }): Promise<number> {
  await prepare(clusterRequirements);
  const obstacle = await Cluster.obstacle();
  if (obstacle !== undefined) {
    printLine(`Cannot run a cluster here: ${obstacle}`);
    return 1;
  }
  const startedMs = performance.now();
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interruption.abort());
  try {
    const cluster = await Cluster.up({ name, nodes: Number(nodes), say: printLine, signal: interruption.signal });
    printLine(`up after ${formatDuration(performance.now() - startedMs)}`);
    for (const line of statusLines(cluster)) printLine(line);
    return 0;
  } catch (err) {
    if (!interruption.signal.aborted) throw err;
    if (err instanceof LockInterruptedError) return INTERRUPTED; // what there is, is somebody else's
    printLine("Interrupted: cleaning up");
    await down(name);
    return INTERRUPTED;
  }
}

async function down(name: string): Promise<number> {
  const startedMs = performance.now();
  await Cluster.down(name);
  const remains = await remainsOf(name);
  for (const remain of remains) printLine(`still there: ${remain}`);
  printLine(`down after ${formatDuration(performance.now() - startedMs)}`);
  return remains.length === 0 ? 0 : 1;
}

async function status(name: string): Promise<number> {
  const cluster = await Cluster.find(name);
  if (cluster !== undefined) {
    for (const line of statusLines(cluster)) printLine(line);
    return 0;
  }
  const remains = await remainsOf(name);
  printLine(
    remains.length === 0
      ? `cluster ${name}: not there`
      : `cluster ${name}: only parts of it; "up" starts afresh, "down" removes them`,
  );
  for (const remain of remains) printLine(`  ${remain}`);
  return 1;
}

async function env(name: string): Promise<number> {
  const cluster = await running(name);
  const programs = dirname(cluster.programPath("kubectl"));
  for (const [name, value] of Object.entries(cluster.kubectlEnv)) printLine(`export ${name}=${quote(value)}`);
  printLine(`export PATH=${quote(programs)}:"$PATH"`);
  return 0;
}

async function importImage(name: string, archive: string): Promise<number> {
  await (await running(name)).importImage(archive);
  return 0;
}

async function kubectl(name: string, args: readonly string[]): Promise<number> {
  const cluster = await running(name);
  return await withTerminal([cluster.programPath("kubectl"), ...args], cluster.kubectlEnv);
}

async function exec(name: string, [place = "", ...command]: readonly string[]): Promise<number> {
  const cluster = await running(name);
  const machine = place === "ctl" ? cluster.control.machine : cluster.node(place).machine;
  return await withTerminal(machine.commandLine(command.length === 0 ? ["sh"] : command));
}

/** On standard error: a shell that takes in what `env` prints must not run it. */
function complain(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** @throws {Error} if there is none */
async function running(name: string): Promise<Cluster> {
  const cluster = await Cluster.find(name);
  if (cluster !== undefined) return cluster;
  throw new Error(`Cannot find cluster ${name}: it does not run; start it with: deno task cluster up`);
}

/** Lets a command that has arguments of its own keep them. */
function passing(command: Command): Command {
  return command.argument("[args...]").allowUnknownOption().passThroughOptions().helpOption(false);
}

/** Runs a command with this terminal. @returns its exit status */
async function withTerminal(
  [command = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const terminal = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const child = new Deno.Command(command, { args, env: { ...env }, ...terminal }).spawn();
  return (await child.status).code;
}
