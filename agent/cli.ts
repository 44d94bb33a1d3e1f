import { Argument, Command, InvalidArgumentError } from "commander";
import { join } from "node:path";
import { versionLine } from "../net/base/version.ts";
import { completionScript, type Shell, shells } from "./cli/completion.ts";
import { type CommandPage, commandPages } from "./cli/pages.ts";

/** Where `conf.yml` is looked for. */
export interface ConfigOptions {
  readonly configPath?: string;
  readonly configDir: string;
  readonly ipamConfigDir?: string;
}

/** What the verbs do. */
export interface CliActions {
  daemon(options: ConfigOptions): Promise<void>;
  shutdown(options: ConfigOptions): Promise<void>;
  metric(options: { port: number }): Promise<void>;
  tuneNode(options: ConfigOptions): Promise<void>;
  /** Writes text to standard output. */
  print(text: string): void;
  /** Writes pages into a folder, which is made if it is not there. */
  writePages(pages: readonly CommandPage[], folder: string): void;
}

/**
 * The command line of `spiderpool-agent`: `parseAsync(args, { from: "user" })` runs one of `actions`, or throws a
 * `CommanderError` after help, version or what is wrong was printed.
 */
export function createCli(actions: CliActions): Command {
  const cli = new Command("spiderpool-agent").description("gives Pods of this node their addresses")
    .version(versionText(), "--version", "print version, commit, Deno and V8")
    .exitOverride();
  withConfig(cli.command("daemon").description("run the agent in the foreground")).action(actions.daemon);
  withConfig(cli.command("shutdown").description("ask the agent of this node to finish its requests and stop"))
    .action(actions.shutdown);
  cli.command("metric")
    .description("print the metrics of the agent of this node")
    .option("--port <port>", "metrics port of the agent", parsePort, 5711)
    .action(actions.metric);
  withConfig(cli.command("tune-node").description("set the kernel parameters of this node, where conf.yml says so"))
    .action(actions.tuneNode);
  addOwnCommands(cli, actions);
  return cli;
}

/** Commands about the program itself. */
function addOwnCommands(cli: Command, { print, writePages }: Pick<CliActions, "print" | "writePages">): void {
  cli.command("generate-markdown")
    .description("write a page of Markdown about each command")
    .requiredOption("--markdown-path <dir>", "folder for the pages")
    .action(({ markdownPath }: { markdownPath: string }) => writePages(commandPages(cli), markdownPath));
  cli.command("completion", { hidden: true })
    .description("print a script that completes commands and flags in a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .action((shell: Shell) => print(completionScript(cli, shell)));
  cli.command("version").description("print version, commit, Deno and V8").action(() => print(`${versionText()}\n`));
}

function versionText(): string {
  return versionLine("spiderpool-agent").trimEnd();
}

/** The file that `options` mean: upstream's code has a path, its documents a directory; the path wins. */
export function confPathOf({ configPath, configDir }: ConfigOptions): string {
  return configPath ?? join(configDir, "conf.yml");
}

function withConfig(command: Command): Command {
  return command
    .option("--config-path <file>", "configuration file; wins over --config-dir")
    .option("--config-dir <dir>", "directory with conf.yml", "/tmp/spiderpool/config-map")
    .option("--ipam-config-dir <dir>", "accepted for old manifests; everything is read from conf.yml");
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new InvalidArgumentError("It must be a port from 1 to 65535.");
  return port;
}
