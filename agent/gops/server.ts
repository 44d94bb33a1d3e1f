import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { QuietLog } from "../server/quiet_log.ts";
import { type Command, commands, type GopsSubject } from "./commands.ts";
import { isGopsByte } from "./protocol.ts";
import { Turns } from "./turns.ts";

/** What serving needs. */
export interface GopsServerOptions {
  readonly subject: GopsSubject;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** More connections than that are closed at once. */
const MAX_CONNECTIONS = 8;
/** For the first byte, and for each part of an answer, in milliseconds. */
const PATIENCE_MS = 10_000;
/** The longest request: a byte and ten more. */
const REQUEST_BYTES = 11;

/**
 * Answers gops clients until `signal` is aborted, and closes `listener`. Strangers do no harm: what is not in the protocol is
 * closed without an answer, every wait has an end, and one command that costs something runs at a time.
 */
export async function serveGops(listener: Deno.TcpListener, options: GopsServerOptions): Promise<void> {
  const { signal, log } = options;
  const close = () => listener.close();
  if (signal.aborted) return close();
  signal.addEventListener("abort", close, { once: true });
  const desk = new Desk(options);
  for (;;) {
    try {
      desk.serve(await listener.accept());
    } catch (err) {
      if (signal.aborted) break;
      log.warn("cannot accept a gops connection", { err }); // such as too many open files
      await options.clock.sleep(1000, signal).catch(() => {});
    }
  }
  await desk.done();
}

/** Who is served now. */
class Desk {
  readonly #options: GopsServerOptions;
  readonly #turns: Turns;
  readonly #quiet: QuietLog;
  readonly #open = new Set<Promise<void>>();

  constructor(options: GopsServerOptions) {
    this.#options = options;
    this.#turns = new Turns(options.clock);
    this.#quiet = new QuietLog(options);
  }

  serve(conn: Deno.Conn): void {
    if (this.#open.size >= MAX_CONNECTIONS) return conn.close();
    const served = this.#answer(conn).catch((err) => this.#options.log.debug("lost a gops connection", { err }));
    this.#open.add(served);
    served.finally(() => this.#open.delete(served));
  }

  async done(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #answer(conn: Deno.Conn): Promise<void> {
    using line = new Line(conn, this.#options);
    const byte = await line.readRequest();
    if (isGopsByte(byte)) await this.#run(commands[byte], line);
  }

  async #run(command: Command, line: Line): Promise<void> {
    const { subject, signal, log } = this.#options;
    const call = { send: (bytes: Uint8Array) => line.send(bytes), signal };
    try {
      await this.#turns.take(command, { signal, run: () => command.run(subject, call) });
      log.debug("answered a gops command", { command: command.name });
    } catch (err) {
      if (!signal.aborted) this.#quiet.warn(log, "cannot answer a gops command", { command: command.name, err });
    }
  }
}

/** A connection that closes when the other side makes it wait, or the agent stops. */
class Line {
  readonly #conn: Deno.Conn;
  readonly #options: GopsServerOptions;
  readonly #stop = () => this.close();
  #isOpen = true;

  constructor(conn: Deno.Conn, options: GopsServerOptions) {
    this.#conn = conn;
    this.#options = options;
    if (options.signal.aborted) this.close();
    options.signal.addEventListener("abort", this.#stop, { once: true });
  }

  /** The byte that says what is wanted; `undefined` when there is none. */
  async readRequest(): Promise<number | undefined> {
    const request = new Uint8Array(REQUEST_BYTES);
    const length = await this.#inTime(() => this.#conn.read(request));
    return length === null ? undefined : request[0];
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#inTime(() => this.#conn.write(bytes.subarray(sent)));
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.signal.removeEventListener("abort", this.#stop);
    this.#conn.close();
  }

  async #inTime<T>(use: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    this.#options.clock.sleep(PATIENCE_MS, done.signal).then(() => this.close(), () => {});
    try {
      return await use();
    } finally {
      done.abort();
    }
  }
}
