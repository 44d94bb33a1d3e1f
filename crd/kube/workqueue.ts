/** A queue of keys for reconcilers: a key is never worked twice at once and never lost. */
import { fullJitter } from "../../net/base/backoff.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";

/** Options of {@linkcode WorkQueue}. */
export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Upper bound of the first retry pause, in milliseconds. @default 200 */
  readonly backoffBaseMs?: number | undefined;
  /** Upper bound of every retry pause, in milliseconds. @default 60000 */
  readonly backoffCapMs?: number | undefined;
}

interface Waiter {
  readonly give: (key: string) => void;
}

interface Delayed {
  readonly at: number;
  readonly cancel: AbortController;
}

/**
 * Keys to work on, first come first served.
 *
 * A key added while it is worked on is worked on once more afterwards; added twice before that, still once.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #baseMs: number;
  readonly #capMs: number;
  /** Keys somebody may take now, in order. Each is in `#dirty` and not in `#processing`. */
  readonly #queue = new Set<string>();
  /** Keys that need work: those in `#queue`, and those in `#processing` that were added again meanwhile. */
  readonly #dirty = new Set<string>();
  /** Keys taken and not yet done. */
  readonly #processing = new Set<string>();
  /** Who waits for a key; not empty only while `#queue` is empty. */
  readonly #waiters = new Set<Waiter>();
  /** Keys to add later; each has one timer, the earliest asked for. */
  readonly #delayed = new Map<string, Delayed>();
  /** Failures in a row, by key. */
  readonly #failures = new Map<string, number>();
  #closed = false;

  constructor({ clock, random, backoffBaseMs = 200, backoffCapMs = 60_000 }: WorkQueueOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#baseMs = backoffBaseMs;
    this.#capMs = backoffCapMs;
  }

  /** Keys that could be taken now. */
  get size(): number {
    return this.#queue.size;
  }

  /** Keys taken and not yet done. */
  get processing(): number {
    return this.#processing.size;
  }

  /** Keys that come later. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Asks for work on `key`. */
  add(key: string): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#offer(key);
  }

  /** Asks for work on `key` after `delayMs`; of several such wishes for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.add(key);
    if (this.#closed) return;
    const at = this.#clock.now() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined && earlier.at <= at) return;
    earlier?.cancel.abort();
    const delayed = { at, cancel: new AbortController() };
    this.#delayed.set(key, delayed);
    this.#clock.sleep(delayMs, delayed.cancel.signal).then(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, ignoreCancelled);
  }

  /** Asks for work on `key` after a pause that grows with each failure until {@linkcode forget}. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const options = { baseMs: this.#baseMs, capMs: this.#capMs, random: this.#random };
    // At least 1 ms: a pause of zero would never let the clock move.
    this.addAfter(key, Math.max(1, fullJitter(failures, options)));
  }

  /** Failures of `key` in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Ends the row of failures of `key`. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * Waits for a key. Whoever takes one calls {@linkcode done} with it afterwards.
   *
   * @throws `signal.reason` when aborted
   */
  async take(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    for (const key of this.#queue) return this.#start(key);
    return await this.#wait(signal);
  }

  /** Ends the work on `key`; if it was added meanwhile, it can be taken again. */
  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#offer(key);
  }

  /** Cancels all timers and starts no more, so that nothing keeps the process alive; delayed keys are dropped. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel.abort();
    this.#delayed.clear();
  }

  #offer(key: string): void {
    this.#queue.add(key);
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      return waiter.give(this.#start(key));
    }
  }

  #start(key: string): string {
    this.#queue.delete(key);
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  #wait(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        give: (key) => {
          signal.removeEventListener("abort", leave);
          resolve(key);
        },
      };
      const leave = () => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiters.add(waiter);
    });
  }
}

function ignoreCancelled(): void {
  // A cancelled timer: an earlier one took its place, or the queue was closed.
}
