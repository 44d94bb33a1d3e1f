import { anySignal } from "../../net/base/any_signal.ts";
import type { Clock } from "../../net/base/clock.ts";

/** Why a sleep is cut short; made once, a DOMException for each wait costs more. */
const woken = new Error("Cannot sleep on: the wait is over");

/** Stands for every pool; no pool can have this name. */
export const ANY_POOL = "*";

/** Tells those who wait for a full pool that something was freed or changed in it. */
export class FreeSignal {
  readonly #counts = new Map<string, number>();
  readonly #waiters = new Set<{ readonly pools: ReadonlySet<string>; readonly wake: () => void }>();

  /** Something changed in `pool`. */
  notify(pool: string): void {
    for (const name of [pool, ANY_POOL]) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    for (const { pools, wake } of this.#waiters) if (pools.has(pool) || pools.has(ANY_POOL)) wake();
  }

  /** A mark to give to {@linkcode wait}: taken before looking at the pools, it loses no change in between. */
  mark(pools: Iterable<string>): ReadonlyMap<string, number> {
    return new Map([...pools].map((pool) => [pool, this.#counts.get(pool) ?? 0]));
  }

  /**
   * Waits until one of the marked pools changes, for at most `ms` milliseconds.
   *
   * @returns whether one changed
   * @throws `signal.reason` when that is aborted
   */
  async wait(
    mark: ReadonlyMap<string, number>,
    { clock, ms, signal }: { clock: Clock; ms: number; signal: AbortSignal },
  ): Promise<boolean> {
    if ([...mark].some(([pool, count]) => (this.#counts.get(pool) ?? 0) !== count)) return true;
    const stop = new AbortController();
    const changed = Promise.withResolvers<boolean>();
    const waiter = { pools: new Set(mark.keys()), wake: () => changed.resolve(true) };
    this.#waiters.add(waiter);
    using either = anySignal([stop.signal, signal]);
    const timer = clock.sleep(ms, either.signal).then(() => false);
    timer.catch(() => undefined);
    try {
      return await Promise.race([changed.promise, timer]);
    } finally {
      stop.abort(woken);
      this.#waiters.delete(waiter);
    }
  }
}
