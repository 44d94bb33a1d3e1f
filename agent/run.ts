import { systemClock } from "../net/base/clock.ts";
import { commitOf, commitStamp, packageVersion } from "../net/base/version.ts";
import { unixExchange } from "./api/mod.ts";
import { type CliActions, type ConfigOptions, confPathOf, createCli } from "./cli.ts";
import { parseConf, type ParsedConf } from "./config/conf.ts";
import { parseEnvironment } from "./config/environment.ts";
import { type CreateIpam, runDaemon } from "./daemon.ts";
import { createJsonLog, writeToStdout } from "./log.ts";
import { readMetrics, shutDownAgent } from "./remote.ts";

/** What `main.ts` takes from the process. */
export interface ProgramInputs {
  readonly args: readonly string[];
  readonly getenv: (name: string) => string | undefined;
  readonly createIpam: CreateIpam;
  /** Aborted when the process is told to stop. */
  readonly stop: AbortSignal;
}

const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Runs the command line. Only `daemon` looks at the environment, so help works anywhere. */
export async function runProgram({ args, getenv, createIpam, stop }: ProgramInputs): Promise<void> {
  const actions: CliActions = {
    async daemon(options) {
      const environment = parseEnvironment(getenv);
      const log = createJsonLog({ write: writeToStdout, clock: systemClock, level: environment.logLevel });
      const { conf, unknownKeys } = readConf(options);
      const version = environment.version || packageVersion;
      log.info("starts", { version, commit: commitOf(commitStamp), node: environment.nodeName, conf });
      for (const key of unknownKeys) log.warn("unknown key in conf.yml", { key });
      if (!conf.enableIPv4 && !conf.enableIPv6) {
        log.warn("neither enableIPv4 nor enableIPv6 is set: no Pod gets an address");
      }
      await runDaemon({ conf, environment, clock: systemClock, log, createIpam, stop });
    },
    async shutdown(options) {
      const { ipamUnixSocketPath } = readConf(options).conf;
      await shutDownAgent(unixExchange(ipamUnixSocketPath, { timeoutMs: SHUTDOWN_TIMEOUT_MS }), { clock: systemClock });
    },
    async metric({ port }) {
      writeToStdout(await readMetrics(port));
    },
  };
  await createCli(actions).parseAsync([...args], { from: "user" });
}

function readConf(options: ConfigOptions): ParsedConf {
  const path = confPathOf(options);
  try {
    return parseConf(Deno.readTextFileSync(path));
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new Error(`Cannot use ${path}: ${reason}`, { cause: err });
  }
}
