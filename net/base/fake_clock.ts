import type { Clock } from "./clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when told to. Sleepers wake in the order of their time, then of their call. A sleep of 0 ms
 * also waits for the next move, even one by 0 ms.
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
  /** In the order of their calls. */
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
        at: this.#now + (ms > 0 ? ms : 0),
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

  /**
   * Moves time by `ms` and wakes everybody who is due. Their code goes on after this has returned, so it sees the new
   * time, and what it then sleeps for counts from there; {@linkcode run} lets it go on in between.
   *
   * @throws {RangeError} if `ms` is negative or not a number
   */
  advance(ms: number): void {
    const until = this.#after(ms);
    while (this.#wakeNext(until));
    this.#now = until;
  }

  /**
   * Moves time by `ms`, stopping at each sleeper on the way until the code it woke waits again, so a loop that sleeps
   * 10 ms turns ten times in 100 ms. Code that waits for anything but this clock and finished promises is not waited for.
   *
   * @throws {RangeError} if `ms` is negative or not a number, or infinite
   */
  async run(ms: number): Promise<void> {
    const until = this.#after(ms);
    if (until === Infinity) throw new RangeError("Cannot run clock: the time to stop at is infinite");
    do await settled(); while (this.#wakeNext(until));
    this.#now = until;
  }

  #after(ms: number): number {
    if (!(ms >= 0)) throw new RangeError(`Cannot advance clock by ${ms} ms: time only goes forward`);
    return this.#now + ms;
  }

  /** Moves to the earliest sleeper and wakes it, unless it is due after `until`. */
  #wakeNext(until: number): boolean {
    const due = this.#earliest();
    if (due === undefined || due.at > until) return false;
    this.#sleepers.splice(this.#sleepers.indexOf(due), 1);
    this.#now = due.at;
    due.wake();
    return true;
  }

  #earliest(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (best, sleeper) => best === undefined || sleeper.at < best.at ? sleeper : best,
      undefined,
    );
  }
}

/** Resolves when the promise callbacks that are ready, and those they make ready, have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
