import { anySignal } from "../net/base/any_signal.ts";
import type { Clock } from "../net/base/clock.ts";
import type { Log } from "../net/base/log.ts";
import type { CoordinatorService, HousekeepingService, IpamService } from "./api/mod.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import type { Waits } from "./gops/mod.ts";
import { DRAIN_MS, lockNode, nodeLockOf, runTrims, type TrimDeps, withinStopLimit } from "./lifecycle/mod.ts";
import type { AgentMetrics } from "./metrics/mod.ts";
import { type Health, serveProbes, serveSocket } from "./serve.ts";
import { listenUnix } from "./server/mod.ts";
import { type SysctlAccess, sysctlReportOf, tunedNode } from "./sysctl/mod.ts";

/** IPAM that runs. */
export interface RunningIpam {
  readonly service: IpamService;
  /** Left out, the plugin's question is answered 501. */
  readonly coordinator?: CoordinatorService;
  /** Left out, GC and a STATUS that asks for pools are answered 501. */
  readonly housekeeping?: HousekeepingService;
  /** Whether caches are synced and requests are worked on. */
  ready(): boolean;
  /** Has other agents ask this one for nothing any more, at once; what they asked goes on. Must not reject. */
  handOver?(): Promise<void>;
  /** Stops watching the API server; called when no request runs any more. */
  close(): Promise<void>;
}

/** What IPAM is made of. */
export interface IpamInputs {
  /** What the agent was started with. */
  readonly conf: Conf;
  /** As it is now: keys that a running agent takes over may differ from `conf`. @default `conf`, always */
  readonly confNow?: () => Conf;
  readonly environment: AgentEnvironment;
  /** Told of what is waited for, for diagnostics. @default nobody is */
  readonly waits?: Waits;
  readonly clock: Clock;
  readonly log: Log;
  /** Where what happens is counted; absent where metrics are off. */
  readonly metrics?: AgentMetrics;
  /** Aborted when the agent is told to stop before IPAM is up. */
  readonly signal: AbortSignal;
}

/** Makes IPAM and waits until its caches have synced and its journal is replayed. */
export type CreateIpam = (inputs: IpamInputs) => Promise<RunningIpam>;

/** What the daemon needs besides {@linkcode IpamInputs}. */
export interface DaemonDeps extends Omit<IpamInputs, "signal"> {
  readonly createIpam: CreateIpam;
  /** Access to the node's kernel parameters, for `tuneSysctlConfig`. Left out, they are left alone. */
  readonly sysctls?: () => Promise<SysctlAccess>;
  /** Gives unused memory back. Left out, it is kept. */
  readonly trim?: TrimDeps["trim"];
  /** Aborted by a signal; `POST /v1/runtime/shutdown` has the same effect. */
  readonly stop: AbortSignal;
}

/** A run of the agent, and how it is told to end. */
interface Run extends Omit<DaemonDeps, "stop">, Pick<IpamInputs, "signal"> {
  readonly requestStop: () => void;
}

/**
 * Runs the agent until it is told to stop. The socket is taken first: requests that come before IPAM is up wait in its
 * queue. Then the node: the journal and the probes' port are the former agent's until that has ended. Told to stop, the
 * agent takes nothing more from plugins and peers, lets running requests end, and leaves.
 *
 * @throws {SocketInUseError} when another agent serves the socket
 * @throws {NodeHeldError} when another agent does not end
 * @throws {StopTooLongError} when this one does not
 */
export async function runDaemon({ stop, ...deps }: DaemonDeps): Promise<void> {
  const asked = new AbortController();
  using either = anySignal([stop, asked.signal]);
  const { signal } = either;
  const run = runUntilStopped({ ...deps, signal, requestStop: () => asked.abort() });
  await withinStopLimit(run, { stop: signal, clock: deps.clock });
}

async function runUntilStopped(run: Run): Promise<void> {
  const { conf: { ipamUnixSocketPath: socket }, environment: { healthPort }, log, signal } = run;
  await using resources = new AsyncDisposableStack();
  const listener = resources.use(await listenUnix(socket));
  const health: Health = { ipam: undefined };
  const started = await tryStart(run, { resources, health });
  if (started === undefined) return log.info("stops before it served");
  const { ipam, metrics } = started;
  const server = serveSocket(listener, { ...run, ipam });
  metrics?.server("plugins", server);
  health.ipam = ipam;
  log.info("serves", { socket, healthPort });
  await Promise.all([runTrims(run, signal), aborted(signal)]);
  health.ipam = undefined;
  log.info("stops: takes no further requests, and ends those that run");
  await Promise.all([server.stop(DRAIN_MS), ipam.handOver?.()]);
  log.info("has ended all requests");
}

/** What a start has made. */
interface Started {
  readonly ipam: RunningIpam;
  readonly metrics: AgentMetrics | undefined;
}

/** @returns `undefined` when the agent was told to stop meanwhile */
async function tryStart(
  run: Run,
  own: { readonly resources: AsyncDisposableStack; readonly health: Health },
): Promise<Started | undefined> {
  try {
    return await start(run, own);
  } catch (err) {
    if (!run.signal.aborted) throw err;
    run.log.debug("gave its start up", { err });
    return undefined;
  }
}

/** What is made here ends with `resources`, in reverse order: the node is given free last. */
async function start(
  { createIpam, sysctls, ...run }: Run,
  { resources, health }: { readonly resources: AsyncDisposableStack; readonly health: Health },
): Promise<Started> {
  const { conf, environment, clock, log, signal } = run;
  const lock = nodeLockOf(conf.ipamUnixSocketPath);
  resources.use(await lockNode(lock, { holder: environment.podName, clock, log, signal }));
  const probes = serveProbes(health, run);
  resources.defer(() => probes.stop(0));
  const metrics = await startMetrics(run, resources);
  metrics?.server("probes", probes);
  const report = { path: sysctlReportOf(conf.ipamUnixSocketPath), pod: environment.podName };
  const tuned = await tunedNode(conf, { load: sysctls, log, report });
  metrics?.sysctls(tuned);
  const ipam = await createIpam({ ...run, ...(metrics && { metrics }) });
  resources.defer(() => ipam.close());
  return { ipam, metrics };
}

/** Metrics and their listener, where they are on; the code for it is loaded then. */
async function startMetrics(
  { environment, clock, log }: Pick<IpamInputs, "environment" | "clock" | "log">,
  resources: AsyncDisposableStack,
): Promise<AgentMetrics | undefined> {
  if (!environment.enabledMetric) return undefined;
  const { startMetrics } = await import("./metrics/mod.ts");
  const { metrics, stop } = await startMetrics({ environment, clock, log });
  resources.defer(stop);
  return metrics;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
