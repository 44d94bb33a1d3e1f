import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { type ChunkSource, chunkSource } from "./chunk_source.ts";
import { encodeResponse, HttpError, type HttpHandler, type HttpRequest, type HttpResponse, problem } from "./http.ts";
import type { QuietLog } from "./quiet_log.ts";
import { type RequestBounds, RequestReader } from "./request_reader.ts";
import type { WaitingRoom } from "./waiting_room.ts";
import type { Watchdog } from "./watchdog.ts";

/** Bounds of one connection; times in milliseconds. */
export interface ConnectionBounds extends RequestBounds {
  /** From the first byte of a request to the end of its headers. */
  readonly headTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** Between two requests. */
  readonly idleTimeoutMs: number;
  /** Until the first byte of the first request. @default idleTimeoutMs */
  readonly firstByteTimeoutMs?: number;
  /** For one answer to be accepted by the caller. */
  readonly writeTimeoutMs: number;
}

/** What a connection needs. */
export interface ConnectionOptions {
  readonly handler: HttpHandler;
  readonly bounds: ConnectionBounds;
  readonly clock: Clock;
  /** Of all connections. */
  readonly watchdog: Watchdog;
  /** Of all connections; it is in there while it has no whole request. */
  readonly waiting: WaitingRoom;
  readonly log: Log;
  /** For what callers can bring about as often as they like. */
  readonly quiet: QuietLog;
  /** Aborted when no further request is to be read. */
  readonly stopping: AbortSignal;
  /** Aborted when running requests are to be given up. */
  readonly killed: AbortSignal;
  /** Whether a connection may carry several requests. */
  readonly keepAlive: boolean;
}

/** Answers the requests of `conn` one after the other, and closes it. Never throws. */
export async function serveConnection(conn: Deno.Conn, options: ConnectionOptions): Promise<void> {
  const close = () => closeQuietly(conn);
  const source = chunkSource(conn);
  const reader = new RequestReader(options.bounds);
  using _closing = {
    [Symbol.dispose]() {
      reader.release();
      close();
    },
  };
  try {
    const { idleTimeoutMs, firstByteTimeoutMs = idleTimeoutMs } = options.bounds;
    for (let waitMs = firstByteTimeoutMs;; waitMs = idleTimeoutMs) {
      const leave = options.waiting.enter(close);
      const request = await receive(reader, { source, options, waitMs }).finally(leave);
      if (request === undefined) return;
      const { response, gone } = await respond(request, { source, options });
      reader.release();
      const keepAlive = request.keepAlive && options.keepAlive && !gone && !options.stopping.aborted;
      await send(conn, { bytes: encodeResponse(response, { keepAlive, head: request.method === "HEAD" }), options });
      if (!keepAlive) return;
    }
  } catch (err) {
    if (err instanceof HttpError) await refuse(conn, { err, source, options });
    else options.log.debug("lost a connection", { err: String(err) });
  }
}

interface Channel {
  readonly source: ChunkSource;
  readonly options: ConnectionOptions;
}

/** @param waitMs how long the first byte may take, in milliseconds */
async function receive(
  reader: RequestReader,
  { source, options, waitMs }: Channel & { waitMs: number },
): Promise<HttpRequest | undefined> {
  const { bounds, clock, watchdog } = options;
  let startedAt: number | undefined;
  for (;;) {
    const request = reader.take();
    if (request !== undefined) return request;
    if (reader.progress === "nothing" && options.stopping.aborted) return undefined;
    if (reader.progress !== "nothing") startedAt ??= steadyNow(clock);
    const limitMs = startedAt === undefined
      ? waitMs
      : startedAt - steadyNow(clock) + (reader.progress === "head" ? bounds.headTimeoutMs : bounds.requestTimeoutMs);
    const stop = startedAt === undefined ? options.stopping : options.killed;
    const chunk = await within(source.peek(), { ms: limitMs, watchdog, stop });
    if (chunk === "late" && startedAt !== undefined) {
      throw new HttpError(408, "Cannot read request: it came too slowly");
    }
    if (chunk === "late" || chunk === "stopped" || chunk === null) return undefined;
    source.drop();
    reader.push(chunk);
  }
}

/** Runs the handler, and tells it when the caller hangs up: an ADD of a caller that has gone must give back what it took. */
async function respond(
  request: HttpRequest,
  { source, options }: Channel,
): Promise<{ response: HttpResponse; gone: boolean }> {
  const caller = new AbortController();
  let gone = false;
  let answered = false;
  source.peek().then((chunk) => {
    if (chunk !== null || answered) return;
    gone = true;
    caller.abort(new DOMException("Cannot go on: the caller hung up", "AbortError"));
  });
  const { killed } = options;
  const kill = () => caller.abort(killed.reason);
  if (killed.aborted) kill();
  killed.addEventListener("abort", kill, { once: true });
  try {
    return { response: await options.handler(request, caller.signal), gone };
  } catch (err) {
    options.quiet.error(options.log, "request failed", {
      method: request.method,
      path: request.path,
      err: String(err),
    });
    return { response: { status: 500, body: `${JSON.stringify("internal error")}\n` }, gone };
  } finally {
    answered = true;
    killed.removeEventListener("abort", kill);
  }
}

async function send(
  conn: Deno.Conn,
  { bytes, options }: { bytes: Uint8Array; options: ConnectionOptions },
): Promise<void> {
  const { watchdog, bounds, killed } = options;
  const outcome = await within(writeAll(conn, bytes), { ms: bounds.writeTimeoutMs, watchdog, stop: killed });
  if (outcome === "late") throw new Error("Cannot send answer: the caller does not read it");
}

/** How long a caller that is still writing gets to come to the answer, in milliseconds. */
const AFTER_REFUSAL_MS = 2_000;

/** Says why the request cannot be read, then reads on for a moment: a caller that is still writing must get to the answer. */
async function refuse(
  conn: Deno.Conn,
  { err, source, options }: Channel & { err: HttpError },
): Promise<void> {
  const { watchdog, stopping, clock } = options;
  try {
    const response = problem(err.status, { message: err.message });
    await send(conn, { bytes: encodeResponse(response, { keepAlive: false }), options });
    await conn.closeWrite();
    const endMs = steadyNow(clock) + AFTER_REFUSAL_MS;
    for (let left = 256; left > 0; left--) {
      const chunk = await within(source.peek(), { ms: endMs - steadyNow(clock), watchdog, stop: stopping });
      if (chunk === null || typeof chunk === "string") return;
      source.drop();
    }
  } catch (lost) {
    options.log.debug("lost a connection", { err: String(lost) });
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

/** `promise`, or what came before it. */
function within<T>(
  promise: Promise<T>,
  { ms, watchdog, stop }: { ms: number; watchdog: Watchdog; stop: AbortSignal },
): Promise<T | "late" | "stopped"> {
  return new Promise((resolve, reject) => {
    const callOff = watchdog.watch(ms, () => settle(() => resolve("late")));
    const stopped = () => settle(() => resolve("stopped"));
    promise.then((value) => settle(() => resolve(value)), (err) => settle(() => reject(err)));
    if (stop.aborted) void Promise.resolve().then(stopped); // after what has come already
    else stop.addEventListener("abort", stopped, { once: true });

    function settle(how: () => void): void {
      callOff();
      stop.removeEventListener("abort", stopped);
      how();
    }
  });
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BadResource)) throw err; // closed already
  }
}
