import { dirname, join } from "node:path";
import { anySignal } from "../net/base/any_signal.ts";
import { systemClock } from "../net/base/clock.ts";
import { commitOf, commitStamp, packageVersion } from "../net/base/version.ts";
import { unixExchange } from "./api/mod.ts";
import { type CliActions, confPathOf, createCli } from "./cli.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import { readConf, readSettings, type Settings } from "./config/settings.ts";
import { unknownVariables } from "./config/unknown_variables.ts";
import { type CreateIpam, runDaemon } from "./daemon.ts";
import { startGops } from "./gops/mod.ts";
import { nodeLockOf, type TrimMemory } from "./lifecycle/mod.ts";
import { createJsonLog, writeToStdout } from "./log.ts";
import { createLogOutput, type LogOutputOptions } from "./log_output.ts";
import { followConf, levelLog, LiveConf, warnOfUnknownKeys } from "./reload/mod.ts";
import { readMetrics, shutDownAgent } from "./remote.ts";
import { writePages } from "./cli/write_pages.ts";
import type { Log } from "../net/base/log.ts";
import { type SysctlAccess, sysctlReportOf, tuneNode } from "./sysctl/mod.ts";

/** What `main.ts` takes from the process. */
export interface ProgramInputs {
  readonly args: readonly string[];
  readonly getenv: (name: string) => string | undefined;
  /** Names of all variables that are set; left out, unknown ones are not looked for. */
  readonly variableNames?: () => Promise<readonly string[]>;
  readonly createIpam: CreateIpam;
  /** Access to the kernel parameters of this node; left out, they are left alone. */
  readonly sysctls?: () => Promise<SysctlAccess>;
  /** Gives unused memory back; left out, it is kept. */
  readonly trim?: () => Promise<TrimMemory>;
  /** Aborted when the process is told to stop. */
  readonly stop: AbortSignal;
}

const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Runs the command line. Only `daemon` looks at the environment, so help works anywhere. */
export async function runProgram({ args, getenv, ...inputs }: ProgramInputs): Promise<void> {
  const actions: CliActions = {
    async daemon(options) {
      const path = confPathOf(options);
      await runWith(await readSettings({ getenv, path }), { path, ...inputs });
    },
    async shutdown(options) {
      const { ipamUnixSocketPath } = (await readConf(confPathOf(options))).conf;
      const exchange = unixExchange(ipamUnixSocketPath, { timeoutMs: SHUTDOWN_TIMEOUT_MS });
      await shutDownAgent(exchange, { clock: systemClock, lock: nodeLockOf(ipamUnixSocketPath) });
    },
    async metric({ port }) {
      writeToStdout(await readMetrics(port));
    },
    async tuneNode(options) {
      const { conf } = await readConf(confPathOf(options));
      const log = createJsonLog({ write: writeToStdout, clock: systemClock, level: "info" });
      const report = { path: sysctlReportOf(conf.ipamUnixSocketPath), pod: getenv("SPIDERPOOL_POD_NAME") ?? "" };
      await tuneNode(conf, { load: inputs.sysctls, log, report });
    },
    print: writeToStdout,
    writePages,
  };
  await createCli(actions).parseAsync([...args], { from: "user" });
}

interface RunOptions extends Omit<ProgramInputs, "args" | "getenv"> {
  /** Of conf.yml, whose changes are taken over. */
  readonly path: string;
}

async function runWith(settings: Settings, { path, variableNames, ...inputs }: RunOptions): Promise<void> {
  const { environment, conf, confText: text } = settings;
  const live = new LiveConf(conf);
  const clock = systemClock;
  using output = createLogOutput({ stdout: writeToStdout, clock, ...logFileOf(environment) });
  const everything = createJsonLog({ write: (line) => output.write(line), clock, level: "debug" });
  const log = levelLog(everything, () => live.current.agent.logLevel ?? environment.logLevel);
  greet(settings, log);
  await warnOfUnknownVariables(variableNames, log);
  const folder = environment.gopsFolder || join(dirname(conf.ipamUnixSocketPath), "gops");
  await using gops = startGops({ port: environment.gopsPort, folder, clock, log });
  const traced = { clock: gops.clock, createIpam: gops.traced(inputs.createIpam) };
  const ended = new AbortController();
  using either = anySignal([inputs.stop, ended.signal]);
  const following = followConf({ path, text, live, clock, log }, either.signal)
    .catch((err) => log.error("follows changes of conf.yml no more", { err }));
  try {
    await runDaemon({ conf, confNow: () => live.current, environment, log, ...inputs, ...traced });
  } finally {
    ended.abort(new Error("Cannot go on: the agent has stopped"));
    await following;
  }
}

function logFileOf(environment: AgentEnvironment): Pick<LogOutputOptions, "file"> {
  const { logFile: path, logFileMaxSize, logFileMaxAge: maxAgeDays, logFileMaxCount: maxCount } = environment;
  return path === "" ? {} : { file: { path, maxSizeMb: logFileMaxSize || 100, maxAgeDays, maxCount } };
}

/** What an operator wants to know first. */
function greet({ environment, conf, unknownKeys }: Settings, log: Log): void {
  const version = environment.version || packageVersion;
  log.info("starts", { version, commit: commitOf(commitStamp), node: environment.nodeName, conf });
  warnOfUnknownKeys(unknownKeys, log);
  if (!conf.enableIPv4 && !conf.enableIPv6) {
    log.warn("neither enableIPv4 nor enableIPv6 is set: no Pod gets an address");
  }
}

/** Warns about variables that nobody reads. An agent that may not know their names starts all the same. */
async function warnOfUnknownVariables(namesOf: ProgramInputs["variableNames"], log: Log): Promise<void> {
  try {
    for (const unknown of unknownVariables(await namesOf?.() ?? [])) {
      log.warn("unknown environment variable is ignored", { ...unknown });
    }
  } catch (err) {
    log.warn("cannot look for unknown environment variables", { err });
  }
}
