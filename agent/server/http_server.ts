import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { type ConnectionBounds, serveConnection } from "./connection.ts";
import type { HttpHandler } from "./http.ts";

/** A running server. */
export interface HttpServer {
  /**
   * Accepts nothing more, lets running requests finish, then closes all connections.
   *
   * @param graceMs how long requests may go on, in milliseconds; after it their signal is aborted, and they get a
   * second to give back what they took
   */
  stop(graceMs: number): Promise<void>;
}

/** What a server needs. */
export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds?: Partial<ConnectionBounds>;
  /** Whether a connection may carry several requests. @default true */
  readonly keepAlive?: boolean;
  /** Connections at a time; more wait in the kernel's queue. @default 512 */
  readonly maxConnections?: number;
}

/** Bounds that callers get unless told otherwise. */
export const defaultBounds: ConnectionBounds = {
  maxHeadBytes: 16 * 1024,
  maxBodyBytes: 1024 * 1024,
  headTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 120_000,
  writeTimeoutMs: 30_000,
};

const AFTER_KILL_MS = 1_000;
const ACCEPT_PAUSE_MS = 100;

/** Serves HTTP/1.1 on `listener` until it is stopped. */
export function serveHttp(listener: Deno.Listener<Deno.Conn>, options: HttpServerOptions): HttpServer {
  const stopping = new AbortController();
  const killed = new AbortController();
  const connections = new Set<Promise<void>>();
  const serve = (conn: Deno.Conn) =>
    serveConnection(conn, {
      handler: options.handler,
      bounds: { ...defaultBounds, ...options.bounds },
      clock: options.clock,
      log: options.log,
      stopping: stopping.signal,
      killed: killed.signal,
      keepAlive: options.keepAlive ?? true,
    });
  const accepting = acceptAll(listener, { serve, connections, stopping: stopping.signal, options });
  return {
    async stop(graceMs) {
      if (!stopping.signal.aborted) listener.close();
      stopping.abort();
      await accepting;
      await settledWithin(connections, { ms: graceMs, clock: options.clock });
      killed.abort(new DOMException("Cannot go on: the server stops", "AbortError"));
      await settledWithin(connections, { ms: AFTER_KILL_MS, clock: options.clock });
    },
  };
}

interface AcceptLoop {
  readonly serve: (conn: Deno.Conn) => Promise<void>;
  readonly connections: Set<Promise<void>>;
  readonly stopping: AbortSignal;
  readonly options: HttpServerOptions;
}

async function acceptAll(
  listener: Deno.Listener<Deno.Conn>,
  { serve, connections, stopping, options }: AcceptLoop,
): Promise<void> {
  const { clock, log, maxConnections = 512 } = options;
  while (!stopping.aborted) {
    if (connections.size >= maxConnections) await Promise.race(connections);
    try {
      const conn = await listener.accept();
      const served = serve(conn).finally(() => connections.delete(served));
      connections.add(served);
    } catch (err) {
      if (stopping.aborted) return;
      log.error("cannot accept a connection", { err: String(err) }); // such as too many open files
      await clock.sleep(ACCEPT_PAUSE_MS, stopping).catch(() => {});
    }
  }
}

async function settledWithin(
  connections: ReadonlySet<Promise<void>>,
  { ms, clock }: { ms: number; clock: Clock },
): Promise<void> {
  if (connections.size === 0) return;
  const settled = new AbortController();
  const timer = clock.sleep(ms, settled.signal).catch(() => {});
  await Promise.race([Promise.all(connections), timer]);
  settled.abort();
}
