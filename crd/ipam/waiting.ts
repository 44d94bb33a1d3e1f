import { DeadlineError, type PoolOutcome, type PoolRequest, type RequestOptions } from "./requests.ts";

/** A request with its caller. */
export interface Waiting {
  readonly request: PoolRequest;
  readonly options: RequestOptions;
  /** Reads of the pool that began later than this saw everything that happened before the request. */
  readonly arrived: number;
  readonly settle: (outcome: PoolOutcome) => void;
  readonly fail: (err: unknown) => void;
}

/** Requests that wait for their pool's next write, first come first served. Callers that have gone are dropped. */
export class WaitingQueue {
  #items: Waiting[] = [];

  get length(): number {
    return this.#items.length;
  }

  /** Whether any of those who wait is such a one. */
  some(test: (item: Waiting) => boolean): boolean {
    return this.#items.some(test);
  }

  /** Appends a request; its promise rejects at once when its signal aborts while it waits. */
  push(request: PoolRequest, options: RequestOptions, arrived: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        if (!this.#items.includes(item)) return; // being written: its outcome settles it
        this.#items = this.#items.filter((other) => other !== item);
        reject(signal?.reason);
      };
      const item: Waiting = {
        request,
        options,
        arrived,
        settle(outcome) {
          signal?.removeEventListener("abort", leave);
          resolve(outcome);
        },
        fail(err) {
          signal?.removeEventListener("abort", leave);
          reject(err);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#items.push(item);
    });
  }

  /** Takes the first `count` requests. */
  take(count: number): Waiting[] {
    return this.#items.splice(0, count);
  }

  /** Takes the requests that arrived before `arrived`. */
  takeBefore(arrived: number): Waiting[] {
    const [taken, left] = partition(this.#items, (item) => item.arrived < arrived);
    this.#items = left;
    return taken;
  }

  /** Fails every request that is over or whose deadline passed (or is no number); `lastError` is the cause if there is one. */
  dropLate(nowMs: number, { pool, lastError }: { readonly pool: string; readonly lastError: unknown }): void {
    const isInTime = ({ options }: Waiting) => options.deadlineMs > nowMs && options.isOver?.() !== true;
    if (this.#items.every(isInTime)) return;
    const [here, late] = partition(this.#items, isInTime);
    this.#items = here;
    for (const item of late) {
      item.fail(new DeadlineError(pool, lastError === undefined ? undefined : { cause: lastError }));
    }
  }

  /** Puts a batch back to the front: it came first. Callers that left meanwhile are failed with their reason. */
  putBack(batch: readonly Waiting[]): void {
    const [gone, here] = partition(batch, (item) => item.options.signal?.aborted === true);
    for (const item of gone) item.fail(item.options.signal?.reason);
    this.#items = [...here, ...this.#items];
  }

  /** Earliest deadline of those who wait, in milliseconds since the epoch; `Infinity` when nobody does. */
  get earliestDeadlineMs(): number {
    return this.#items.reduce((earliest, item) => Math.min(earliest, item.options.deadlineMs), Infinity);
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
