import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { type ConnectionBounds, serveConnection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { ByteBudget } from "./byte_budget.ts";
import type { HttpHandler } from "./http.ts";
import { QuietLog } from "./quiet_log.ts";
import { WaitingRoom } from "./waiting_room.ts";
import { Watchdog } from "./watchdog.ts";

/** A running server. */
export interface HttpServer {
  /**
   * Accepts nothing more, lets running requests finish, then closes all connections.
   *
   * @param graceMs how long requests may go on, in milliseconds; after it their signal is aborted, and they get a
   * second to give back what they took
   */
  stop(graceMs: number): Promise<void>;
  /** How full it is. */
  load(): ServerLoad;
}

/** What a server holds now. */
export interface ServerLoad {
  readonly connections: number;
  /** Connections without a whole request. */
  readonly waiting: number;
  /** Connections that were closed so far because others needed the room. */
  readonly evicted: number;
  /** Bytes that are kept for large bodies. */
  readonly largeBodyBytes: number;
}

/** What a server needs. */
export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds?: Partial<ConnectionBounds>;
  /** Whether a connection may carry several requests. @default true */
  readonly keepAlive?: boolean;
  /**
   * Connections at a time. One more closes the one that has been without a whole request for the longest time, for at least
   * {@linkcode sparedMs}; where there is none, it waits in the kernel's queue.
   *
   * @default 512
   */
  readonly maxConnections?: number;
  /** A connection is not closed for another one's sake earlier, in milliseconds: its caller is about to send. @default 5000 */
  readonly sparedMs?: number;
  /** Bytes of large bodies (over 16 KiB) of all connections together. @default 33554432 */
  readonly maxLargeBodyBytes?: number;
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
const SPARED_MS = 5_000;
const MAX_CONNECTIONS = 512;
const MAX_LARGE_BODY_BYTES = 32 * 1024 * 1024;

/** Serves HTTP/1.1 on `listener` until it is stopped. */
export function serveHttp(listener: Deno.Listener<Deno.Conn>, options: HttpServerOptions): HttpServer {
  const { clock, log, handler, keepAlive = true, maxLargeBodyBytes = MAX_LARGE_BODY_BYTES } = options;
  const stopping = new AbortController();
  const killed = new AbortController();
  const connections = new Connections();
  const waiting = new WaitingRoom(clock, () => connections.wake());
  const watchdog = new Watchdog(clock);
  const quiet = new QuietLog({ log, clock });
  const largeBodies = new ByteBudget(maxLargeBodyBytes);
  const bounds = { ...defaultBounds, largeBodies, ...options.bounds };
  const signals = { stopping: stopping.signal, killed: killed.signal };
  const serve = (conn: Deno.Conn) =>
    serveConnection(conn, { handler, bounds, clock, watchdog, waiting, log, quiet, keepAlive, ...signals });
  const accepting = acceptAll(listener, {
    serve,
    connections,
    waiting,
    watchdog,
    stopping: stopping.signal,
    quiet,
    options,
  });
  return {
    async stop(graceMs) {
      if (!stopping.signal.aborted) listener.close();
      stopping.abort();
      connections.wake();
      await accepting;
      await settledWithin(connections, { ms: graceMs, clock });
      killed.abort(new DOMException("Cannot go on: the server stops", "AbortError"));
      await settledWithin(connections, { ms: AFTER_KILL_MS, clock });
      watchdog[Symbol.dispose]();
    },
    load() {
      const { size, evicted } = waiting;
      return { connections: connections.size, waiting: size, evicted, largeBodyBytes: largeBodies.taken };
    },
  };
}

interface AcceptLoop {
  readonly serve: (conn: Deno.Conn) => Promise<void>;
  readonly connections: Connections;
  readonly waiting: WaitingRoom;
  readonly watchdog: Watchdog;
  readonly stopping: AbortSignal;
  readonly quiet: QuietLog;
  readonly options: HttpServerOptions;
}

async function acceptAll(listener: Deno.Listener<Deno.Conn>, loop: AcceptLoop): Promise<void> {
  const { serve, connections, stopping, quiet, options: { clock, log } } = loop;
  while (!stopping.aborted) {
    try {
      const conn = await listener.accept();
      await roomFor(loop);
      connections.add(serve(conn)); // one that comes while the server stops is closed by it
    } catch (err) {
      if (stopping.aborted) return;
      quiet.error(log, "cannot accept a connection", { err: String(err) }); // such as too many open files
      await clock.sleep(ACCEPT_PAUSE_MS, stopping).catch(() => {});
    }
  }
}

/** Waits until one more connection may be served; one that has said nothing for a while makes room for it. */
async function roomFor({ connections, waiting, watchdog, quiet, stopping, options }: AcceptLoop): Promise<void> {
  const { log, maxConnections = MAX_CONNECTIONS, sparedMs = SPARED_MS } = options;
  while (connections.size >= maxConnections && !stopping.aborted) {
    const ended = connections.nextEnd();
    const { longestMs = 0, size } = waiting;
    const fields = { connections: maxConnections, waiting: size };
    if (longestMs >= sparedMs && waiting.evictOldest()) {
      quiet.warn(log, "closed the connection that waited longest: there are too many", fields);
    } else if (size === 0) quiet.warn(log, "lets callers wait: all connections are at work", fields);
    const callOff = watchdog.watch(sparedMs - longestMs, () => connections.wake());
    await ended;
    callOff();
  }
}

async function settledWithin(connections: Connections, { ms, clock }: { ms: number; clock: Clock }): Promise<void> {
  if (connections.size === 0) return;
  const settled = new AbortController();
  const timer = clock.sleep(ms, settled.signal).catch(() => {});
  await Promise.race([connections.allEnded(), timer]);
  settled.abort();
}
