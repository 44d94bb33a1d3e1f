import type { Clock } from "../../net/base/clock.ts";
import type { WatchFault } from "./faults.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Chunks a watcher may lag behind before the server hangs up, as the real one does with slow watchers. */
const maxLag = 4096;

/** The sending end of one watch: order, end, and the faults on the way. */
export class WatchStream {
  readonly readable: ReadableStream<Bytes>;
  readonly #clock: Clock;
  readonly #fault: WatchFault;
  readonly #closed = new AbortController();
  #controller: ReadableStreamDefaultController<Bytes> | undefined;
  #sent = 0;
  #delayed: Bytes[] = [];

  constructor({ clock, fault = {}, signal }: {
    clock: Clock;
    fault: WatchFault | undefined;
    signal: AbortSignal | undefined;
  }) {
    this.#clock = clock;
    this.#fault = fault;
    this.readable = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#close(),
    }, { highWaterMark: maxLag });
    if (signal !== undefined) {
      const abort = () => this.#fail(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
      this.onClose(() => signal.removeEventListener("abort", abort));
    }
    if (fault.cutAfterMs !== undefined) this.#after(fault.cutAfterMs, () => this.#cut());
  }

  /** Sends lines, together, as late as the fault says. */
  push(lines: readonly Bytes[]): void {
    if (lines.length === 0 || this.#closed.signal.aborted) return;
    const { delayEventsMs } = this.#fault;
    if (delayEventsMs === undefined) return this.#send(lines);
    this.#delayed.push(...lines);
    this.#after(delayEventsMs, () => this.#send(this.#delayed.splice(0, lines.length)));
  }

  #send(lines: readonly Bytes[]): void {
    if (this.#closed.signal.aborted) return;
    const { cutAfterEvents = Infinity } = this.#fault;
    const allowed = lines.slice(0, Math.max(0, cutAfterEvents - this.#sent));
    this.#sent += allowed.length;
    if (allowed.length > 0) this.#controller?.enqueue(joined(allowed));
    if (this.#sent >= cutAfterEvents) return this.#cut();
    if ((this.#controller?.desiredSize ?? 0) <= 0) this.#end();
  }

  /** Sends a last line. */
  endWith(line: Bytes): ReadableStream<Bytes> {
    this.#controller?.enqueue(line);
    this.#end();
    return this.readable;
  }

  /** Sends what `make` returns, again and again. */
  every(ms: number, make: () => Bytes[]): void {
    this.#after(ms, () => {
      this.push(make());
      this.every(ms, make);
    });
  }

  /** Ends the watch regularly after `ms`. */
  endAfter(ms: number): void {
    this.#after(ms, () => this.#end());
  }

  /** Calls `listener` once the watch has ended, at once if it has. */
  onClose(listener: () => void): void {
    if (this.#closed.signal.aborted) listener();
    else this.#closed.signal.addEventListener("abort", listener, { once: true });
  }

  #after(ms: number, action: () => void): void {
    this.#clock.sleep(ms, this.#closed.signal).then(action, () => {}); // rejected only by the end of the watch
  }

  #cut(): void {
    if (this.#fault.cutAs === "end") this.#end();
    else this.#fail(new TypeError("the connection was cut"));
  }

  #end(): void {
    if (this.#closed.signal.aborted) return;
    this.#controller?.close();
    this.#close();
  }

  #fail(reason: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#controller?.error(reason);
    this.#close();
  }

  #close(): void {
    this.#closed.abort();
  }
}

function joined(chunks: readonly Bytes[]): Bytes {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk, offset);
    offset += chunk.length;
  }
  return result;
}
