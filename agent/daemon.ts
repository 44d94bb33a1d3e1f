import type { Clock } from "../net/base/clock.ts";
import type { Log } from "../net/base/log.ts";
import { createAgentClient, type IpamService, openApiDocument, unixExchange } from "./api/mod.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import {
  createHealthHandlers,
  createIpamHandlers,
  createRouter,
  type HttpServer,
  listenUnix,
  serveHttp,
} from "./server/mod.ts";

/** IPAM that runs. */
export interface RunningIpam {
  readonly service: IpamService;
  /** Whether caches are synced and requests are worked on. */
  ready(): boolean;
  /** Stops watching the API server; called when no request runs any more. */
  close(): Promise<void>;
}

/** What IPAM is made of. */
export interface IpamInputs {
  readonly conf: Conf;
  readonly environment: AgentEnvironment;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the agent is told to stop before IPAM is up. */
  readonly signal: AbortSignal;
}

/** Makes IPAM and waits until its caches have synced and its journal is replayed. */
export type CreateIpam = (inputs: IpamInputs) => Promise<RunningIpam>;

/** What the daemon needs besides {@linkcode IpamInputs}. */
export interface DaemonDeps extends Omit<IpamInputs, "signal"> {
  readonly createIpam: CreateIpam;
  /** Aborted by a signal; `POST /v1/runtime/shutdown` has the same effect. */
  readonly stop: AbortSignal;
}

/** How long running requests may go on once the agent is told to stop. */
const STOP_GRACE_MS = 20_000;
const PROBE_TIMEOUT_MS = 30_000;

/**
 * Runs the agent until it is told to stop: IPAM first, then the socket, then the probes, so that nothing answers before
 * it can. Stops in the opposite order, after the running requests.
 */
export async function runDaemon({ createIpam, stop, ...inputs }: DaemonDeps): Promise<void> {
  const asked = new AbortController();
  const signal = AbortSignal.any([stop, asked.signal]);
  const { conf, environment, log } = inputs;
  const ipam = await createIpam({ ...inputs, signal });
  try {
    const servers = await startServers({ ...inputs, ipam, requestStop: () => asked.abort() });
    log.info("serves", { socket: conf.ipamUnixSocketPath, healthPort: environment.healthPort });
    await aborted(signal);
    log.info("stops");
    for (const server of servers) await server.stop(STOP_GRACE_MS);
  } finally {
    await ipam.close();
  }
  log.info("stopped");
}

interface ServerDeps extends Omit<IpamInputs, "signal"> {
  readonly ipam: RunningIpam;
  readonly requestStop: () => void;
}

/** The socket's server first: that one must drain while the probes still answer. */
async function startServers(deps: ServerDeps): Promise<HttpServer[]> {
  const { conf, environment, clock, log, ipam, requestStop } = deps;
  const documents = { "/swagger.json": openApiDocument(environment.version) };
  const socketPath = conf.ipamUnixSocketPath;
  const operations = createIpamHandlers({ service: ipam.service, clock, log, requestStop });
  const socketServer = serveHttp(await listenUnix(socketPath), {
    handler: createRouter(operations, { documents }),
    clock,
    log,
  });
  try {
    const client = createAgentClient(unixExchange(socketPath, { timeoutMs: PROBE_TIMEOUT_MS }));
    const probes = createHealthHandlers({ started: () => true, ready: ipam.ready, askSocket: client.healthy });
    const listener = Deno.listen({ hostname: probeHost(conf), port: environment.healthPort });
    return [socketServer, serveHttp(listener, { handler: createRouter(probes), clock, log, keepAlive: false })];
  } catch (err) {
    await socketServer.stop(0);
    throw err;
  }
}

/** Where the kubelet's probes of upstream's manifests go. */
function probeHost({ enableIPv4, enableIPv6 }: Conf): string {
  return enableIPv6 && !enableIPv4 ? "::1" : "127.0.0.1";
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
