import { createAgentClient, openApiDocument, unixExchange } from "./api/mod.ts";
import type { Conf } from "./config/conf.ts";
import type { IpamInputs, RunningIpam } from "./daemon.ts";
import {
  createCoordinatorHandlers,
  createHealthHandlers,
  createHousekeepingHandlers,
  createIpamHandlers,
  createRouter,
  type HttpServer,
  loggedErrors,
  serveHttp,
} from "./server/mod.ts";

/** What the probes ask after. */
export interface Health {
  /** Set once the socket is served: the start is over. */
  ipam: RunningIpam | undefined;
}

type ServerInputs = Pick<IpamInputs, "conf" | "environment" | "clock" | "log">;

const PROBE_TIMEOUT_MS = 30_000;

/**
 * Serves the probes, from the beginning of the start: until its end all of them are answered 500.
 *
 * @throws {Error} when the port is another's
 */
export function serveProbes(health: Health, { conf, environment, clock, log }: ServerInputs): HttpServer {
  const client = createAgentClient(unixExchange(conf.ipamUnixSocketPath, { timeoutMs: PROBE_TIMEOUT_MS }));
  const handlers = createHealthHandlers({
    started: () => health.ipam !== undefined,
    ready: () => health.ipam?.ready() ?? false,
    async askSocket() {
      if (health.ipam === undefined) throw new Error("Cannot ask the socket: nobody answers there yet");
      await client.healthy();
    },
  });
  const listener = listenProbes({ hostname: probeHost(conf), port: environment.healthPort });
  return serveHttp(listener, { handler: createRouter(handlers), clock, log, keepAlive: false });
}

/** Serves the plugins. */
export function serveSocket(
  listener: Deno.Listener<Deno.Conn>,
  deps: ServerInputs & { readonly ipam: RunningIpam; readonly requestStop: () => void },
): HttpServer {
  const { environment, clock, log, ipam, requestStop } = deps;
  const documents = { "/swagger.json": openApiDocument(environment.version) };
  const operations = {
    ...createIpamHandlers({ service: ipam.service, clock, log, requestStop }),
    ...(ipam.coordinator === undefined ? {} : createCoordinatorHandlers(ipam.coordinator)),
    ...(ipam.housekeeping === undefined ? {} : createHousekeepingHandlers(ipam.housekeeping)),
  };
  const handler = createRouter(loggedErrors(operations, { log, clock }), { documents });
  return serveHttp(listener, { handler, clock, log });
}

function listenProbes(address: { readonly hostname: string; readonly port: number }): Deno.TcpListener {
  try {
    return Deno.listen(address);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    const problem = `Cannot serve probes on ${address.hostname}:${address.port}: the port is in use`;
    const help = "stop who listens there, or set SPIDERPOOL_HEALTH_PORT and the probes of the DaemonSet to another one";
    throw new Error(`${problem}; ${help}`, { cause });
  }
}

/** Where the kubelet's probes of upstream's manifests go. */
function probeHost({ enableIPv4, enableIPv6 }: Conf): string {
  return enableIPv6 && !enableIPv4 ? "::1" : "127.0.0.1";
}
