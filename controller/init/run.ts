import { CommanderError } from "commander";
import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { type KubeTransport, type ObjectKey, retrying } from "../../crd/kube/mod.ts";
import { clean, type CleanDeps, type CleanOptions, countObjects } from "../clean/mod.ts";
import { type CleanArgs, createCli } from "./cli.ts";
import { createInitLog } from "./log.ts";

/** What `main.ts` takes from the process. */
export interface ProgramInputs {
  readonly args: readonly string[];
  readonly getenv: (name: string) => string | undefined;
  /** Finds the API server. Only called when there is something to do, so help works anywhere. */
  readonly connect: () => Promise<KubeTransport & { close?(): void }>;
  /** Takes lines of the log. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when the process is told to stop. */
  readonly stop: AbortSignal;
}

/** Exit status: all is done, something is left, the command line is not usable or asks for nothing. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** One of {@linkcode exitCodes}. */
export type ExitCode = typeof exitCodes[keyof typeof exitCodes];

/** Runs the command line to its end. What is wrong stands in the log, or on standard error when it is the usage. */
export async function runProgram(inputs: ProgramInputs): Promise<ExitCode> {
  const log = createInitLog(inputs.write, inputs.clock);
  let code: ExitCode = exitCodes.usage;
  const cli = createCli({
    async clean(args) {
      const connection = await inputs.connect();
      const { clock, random, stop: signal } = inputs;
      try {
        const transport = retrying(connection, { clock, random });
        code = await runClean({ transport, clock, random, log, signal }, args, inputs.getenv);
      } finally {
        connection.close?.();
      }
    },
  });
  try {
    await cli.parseAsync([...inputs.args], { from: "user" });
    return code;
  } catch (err) {
    if (err instanceof CommanderError) return err.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    log.error("failed", { err });
    return exitCodes.failed;
  }
}

async function runClean(
  deps: CleanDeps,
  args: CleanArgs,
  getenv: ProgramInputs["getenv"],
): Promise<ExitCode> {
  if (!args.yes) {
    const objects = await countObjects(deps);
    deps.log.warn("deletes nothing: give --yes to delete these objects", { objects });
    return exitCodes.usage;
  }
  const problems = await clean(deps, cleanOptionsOf(args, getenv));
  for (const problem of problems) deps.log.error("not clean", { problem });
  if (problems.length === 0) deps.log.info("clean");
  return problems.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** What `args` and the environment (`SPIDERPOOL_POD_NAMESPACE`, `SPIDERPOOL_INIT_NAME`) mean. */
export function cleanOptionsOf(args: CleanArgs, getenv: ProgramInputs["getenv"]): CleanOptions {
  const namespace = args.namespace ?? getenv("SPIDERPOOL_POD_NAMESPACE") ?? "";
  if (args.agentDaemonset !== "" && namespace === "") {
    throw new Error("Cannot stop the agents: their namespace is not known; give --namespace");
  }
  return {
    validatingWebhook: args.validate,
    mutatingWebhook: args.mutating,
    agents: keyIn(namespace, args.agentDaemonset),
    initJob: keyIn(namespace, getenv("SPIDERPOOL_INIT_NAME") ?? ""),
    keepCrds: args.keepCrds,
    finalizers: args.allFinalizers ? "all" : "ours",
    timeoutMs: args.timeout * 1000,
    agentTimeoutMs: args.agentTimeout * 1000,
  };
}

function keyIn(namespace: string, name: string): ObjectKey | undefined {
  return namespace === "" || name === "" ? undefined : { namespace, name };
}
