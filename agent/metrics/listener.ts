import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { type HttpHandler, type HttpServer, serveHttp } from "../server/mod.ts";
import type { MetricRegistry } from "./instruments.ts";

/** Who scrapes at a time; more wait in the kernel's queue. */
const MAX_CONNECTIONS = 16;

/** What {@linkcode serveMetrics} is told. */
export interface MetricsListenerOptions {
  /** TCP port; 0 takes any. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A running listener. */
export interface MetricsListener extends HttpServer {
  readonly port: number;
}

/**
 * Serves metrics to everybody, on all addresses and every path (spec/operations.md §1.1).
 *
 * @throws {Error} if the port cannot be had
 */
export function serveMetrics(
  registry: Pick<MetricRegistry, "text">,
  { port, clock, log }: MetricsListenerOptions,
): MetricsListener {
  const listener = listenOn(port);
  const handler = metricsHandler(registry);
  const server = serveHttp(listener, { handler, clock, log, maxConnections: MAX_CONNECTIONS });
  return { ...server, port: listener.addr.port };
}

/** Answers every path with the text format 0.0.4. */
export function metricsHandler({ text }: Pick<MetricRegistry, "text">): HttpHandler {
  return async function metrics({ method }) {
    if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { Allow: "GET, HEAD" } };
    return { status: 200, headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }, body: await text() };
  };
}

/** All addresses of both families; of IPv4 where the node has no IPv6. */
function listenOn(port: number): Deno.TcpListener {
  try {
    return tryListen(["::", "0.0.0.0"], port);
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    const hint = "free the port, or set SPIDERPOOL_METRIC_HTTP_PORT to another one";
    throw new Error(`Cannot serve metrics on port ${port}: ${reason}; ${hint}`, { cause: err });
  }
}

function tryListen([hostname, ...others]: readonly [string, ...string[]], port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (err) {
    const [next, ...rest] = others;
    if (next === undefined || err instanceof Deno.errors.AddrInUse) throw err;
    return tryListen([next, ...rest], port);
  }
}
