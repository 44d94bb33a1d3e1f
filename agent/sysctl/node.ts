import type { Log } from "../../net/base/log.ts";
import { parametersFor } from "./parameters.ts";
import { logSysctls } from "./report.ts";
import { readSysctlReport, writeSysctlReport } from "./report_file.ts";
import { type SysctlAccess, type SysctlOutcome, tuneSysctls } from "./tune.ts";

/** What of conf.yml says how a node is tuned. */
export interface NodeTuning {
  readonly tuneSysctlConfig: boolean;
  readonly enableIPv4: boolean;
  readonly enableIPv6: boolean;
}

/** Access to the kernel parameters of this process's network namespace; loaded when needed, because it takes FFI. */
export async function hostSysctls(): Promise<SysctlAccess> {
  const { readSysctl, tryWriteSysctl } = await import("../../net/host/mod.ts");
  return { read: readSysctl, write: tryWriteSysctl };
}

/** How a node is tuned. */
export interface NodeTuningDeps {
  /** Absent: the parameters are left alone. */
  readonly load: (() => Promise<SysctlAccess>) | undefined;
  readonly log: Log;
  /** Where outcomes are handed on from a container of this Pod to another. */
  readonly report: { readonly path: string; readonly pod: string };
}

/**
 * Sets the kernel parameters that `conf` wants, logs what became of them, and tells the agent of the same Pod. One
 * that cannot be set ends nothing: an agent without it is better than none.
 */
export async function tuneNode(conf: NodeTuning, deps: NodeTuningDeps): Promise<void> {
  const { path, pod } = deps.report;
  const outcomes = await tune(conf, deps);
  if (pod === "") return; // somebody runs it by hand
  try {
    writeSysctlReport(path, { pod, outcomes });
  } catch (err) {
    deps.log.warn("cannot tell the agent what became of the kernel parameters: it will look itself", { path, err });
  }
}

/**
 * What became of the kernel parameters: as a container of this Pod has handed it on, so that the agent needs no access;
 * else they are set now.
 *
 * @returns what became of each; none where `tuneSysctlConfig` is off
 */
export async function tunedNode(conf: NodeTuning, deps: NodeTuningDeps): Promise<readonly SysctlOutcome[]> {
  const { log, report: { path, pod } } = deps;
  const outcomes = conf.tuneSysctlConfig ? readSysctlReport(path, pod) : undefined;
  if (outcomes === undefined) return await tune(conf, deps);
  logSysctls(log, outcomes.filter(({ kind }) => kind === "refused"));
  log.info("was told of the kernel parameters of the node", countsOf(outcomes));
  return outcomes;
}

async function tune(conf: NodeTuning, { load, log }: NodeTuningDeps): Promise<readonly SysctlOutcome[]> {
  if (load === undefined) return [];
  if (!conf.tuneSysctlConfig) {
    log.info("leaves the kernel parameters of the node alone: tuneSysctlConfig is off");
    return [];
  }
  const outcomes = tuneSysctls(parametersFor(conf), await load());
  logSysctls(log, outcomes);
  log.info("has looked at the kernel parameters of the node", countsOf(outcomes));
  return outcomes;
}

function countsOf(outcomes: readonly SysctlOutcome[]): Readonly<Record<SysctlOutcome["kind"], number>> {
  const counts = { set: 0, kept: 0, missing: 0, refused: 0 };
  for (const { kind } of outcomes) counts[kind]++;
  return counts;
}
