import type { Clock } from "./clock.ts";

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when told to. Sleepers wake in the order of their time, then of their call.
 *
 * @example
 * ```ts
 * const clock = new FakeClock();
 * const done = clock.sleep(100);
 * clock.advance(100);
 * await done;
 * ```
 */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  #sleepers: Sleeper[] = [];

  /** @param startMs first value of {@linkcode now} */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = () => {
        this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== entry);
        reject(signal?.reason);
      };
      const entry: Sleeper = {
        at: this.#now + ms,
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener("abort", cancel);
          resolve();
        },
      };
      signal?.addEventListener("abort", cancel, { once: true });
      this.#sleepers.push(entry);
    });
  }

  /** Time of the earliest sleeper, or `undefined` when nobody sleeps. */
  next(): number | undefined {
    return this.#earliest()?.at;
  }

  /** Moves time by `ms` and wakes everybody who is due, each at its own time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let due = this.#earliest(); due !== undefined && due.at <= until; due = this.#earliest()) {
      this.#sleepers.splice(this.#sleepers.indexOf(due), 1);
      this.#now = Math.max(this.#now, due.at);
      due.wake();
    }
    this.#now = until;
  }

  #earliest(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (a, b) => (a === undefined || b.at < a.at || (b.at === a.at && b.order < a.order) ? b : a),
      undefined,
    );
  }
}
