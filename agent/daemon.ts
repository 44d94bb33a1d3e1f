import { anySignal } from "../net/base/any_signal.ts";
import type { Clock } from "../net/base/clock.ts";
import type { Log } from "../net/base/log.ts";
import {
  type CoordinatorService,
  createAgentClient,
  type IpamService,
  openApiDocument,
  unixExchange,
} from "./api/mod.ts";
import type { Conf } from "./config/conf.ts";
import type { AgentEnvironment } from "./config/environment.ts";
import {
  createCoordinatorHandlers,
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
  /** Left out, the plugin's question is answered 501. */
  readonly coordinator?: CoordinatorService;
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
 * Runs the agent until it is told to stop. The socket is taken first: whoever holds it owns the node's journal, and a
 * second agent must not touch that. Requests that come before IPAM is up wait in the socket's queue. Running requests
 * are finished before the end.
 *
 * @throws {SocketInUseError} when another agent serves the socket
 */
export async function runDaemon({ createIpam, stop, ...inputs }: DaemonDeps): Promise<void> {
  const asked = new AbortController();
  using either = anySignal([stop, asked.signal]);
  const { signal } = either;
  const { conf, environment, log } = inputs;
  await using resources = new AsyncDisposableStack();
  const listener = await listenUnix(conf.ipamUnixSocketPath);
  resources.defer(() => closeQuietly(listener));
  const ipam = await createIpam({ ...inputs, signal });
  resources.defer(() => ipam.close());
  const servers = startServers(listener, { ...inputs, ipam, requestStop: () => asked.abort() });
  log.info("serves", { socket: conf.ipamUnixSocketPath, healthPort: environment.healthPort });
  await aborted(signal);
  log.info("stops");
  for (const server of servers) await server.stop(STOP_GRACE_MS);
}

interface ServerDeps extends Omit<IpamInputs, "signal"> {
  readonly ipam: RunningIpam;
  readonly requestStop: () => void;
}

/** The socket's server first: that one must drain while the probes still answer. */
function startServers(socket: Deno.UnixListener, deps: ServerDeps): HttpServer[] {
  const { conf, environment, clock, log, ipam, requestStop } = deps;
  const probePort = Deno.listen({ hostname: probeHost(conf), port: environment.healthPort });
  const documents = { "/swagger.json": openApiDocument(environment.version) };
  const operations = {
    ...createIpamHandlers({ service: ipam.service, clock, log, requestStop }),
    ...(ipam.coordinator === undefined ? {} : createCoordinatorHandlers(ipam.coordinator)),
  };
  const client = createAgentClient(unixExchange(conf.ipamUnixSocketPath, { timeoutMs: PROBE_TIMEOUT_MS }));
  const probes = createHealthHandlers({ started: () => true, ready: ipam.ready, askSocket: client.healthy });
  return [
    serveHttp(socket, { handler: createRouter(operations, { documents }), clock, log }),
    serveHttp(probePort, { handler: createRouter(probes), clock, log, keepAlive: false }),
  ];
}

function closeQuietly(listener: Deno.UnixListener): void {
  try {
    listener.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BadResource)) throw err; // its server closed it
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
