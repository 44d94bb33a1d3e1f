import { anySignal } from "../../net/base/any_signal.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";

/** Why a sleep is cut short; made once, a DOMException for each wait costs more. */
const woken = new Error("Cannot sleep on: the wait is over");

/** Stands for every pool; no pool can have this name. */
export const ANY_POOL = "*";

/**
 * Within how long the agents of a cluster look at a full pool that somebody changed, in milliseconds: a watch tells all
 * of them of each write at once, and most writes free nothing. All changes until then are one look.
 */
const SPREAD_MS = 250;
/** Most pools remembered; those that changed longest ago are forgotten, and who waits for one of them looks at once. */
const MAX_POOLS = 4096;

/** What a {@linkcode FreeSignal} works with. */
export interface FreeSignalDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** What is known of a pool's changes. */
interface Changes {
  /** Number of the last one among those of all pools; 0 for none. */
  readonly count: number;
  /** From when on those who wait may look, in steady milliseconds. */
  readonly dueMs: number;
}

const NONE: Changes = { count: 0, dueMs: -Infinity };

/** Tells those who wait for a full pool that something was freed or changed in it. */
export class FreeSignal {
  readonly #deps: FreeSignalDeps;
  /** By pool, the one that changed last at the end. */
  readonly #changes = new Map<string, Changes>();
  #count = 0;
  readonly #waiters = new Set<{ readonly pools: ReadonlySet<string>; readonly wake: () => void }>();

  constructor(deps: FreeSignalDeps) {
    this.#deps = deps;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Something was freed in `pool` by this process, or it is to be looked at for another reason: now. */
  notify(pool: string): void {
    this.#note(pool, steadyNow(this.#deps.clock));
  }

  /** Somebody changed `pool`: those who wait for it look at a random moment soon, all of this process together. */
  changed(pool: string): void {
    const { clock, random } = this.#deps;
    const nowMs = steadyNow(clock);
    const { dueMs } = this.#changes.get(pool) ?? NONE;
    this.#note(pool, dueMs > nowMs ? dueMs : nowMs + random() * SPREAD_MS);
  }

  /** A mark to give to {@linkcode wait}: taken before looking at the pools, it loses no change in between. */
  mark(pools: Iterable<string>): ReadonlyMap<string, number> {
    return new Map([...pools].map((pool) => [pool, this.#changes.get(pool)?.count ?? 0]));
  }

  /**
   * Waits until one of the marked pools changed and may be looked at, for at most `ms` milliseconds.
   *
   * @returns whether one changed
   * @throws `signal.reason` when that is aborted
   */
  async wait(
    mark: ReadonlyMap<string, number>,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { clock } = this.#deps;
    const endMs = steadyNow(clock) + ms;
    let lookMs = Infinity;
    for (;;) {
      lookMs = Math.min(lookMs, this.#dueOf(mark)); // a change that comes later does not put it off
      const pauseMs = Math.min(endMs, lookMs) - steadyNow(clock);
      if (pauseMs <= 0 || !await this.#isWoken(mark, { ms: pauseMs, signal })) return lookMs < Infinity;
    }
  }

  /** When to look; `Infinity` if nothing has changed since the mark. */
  #dueOf(mark: ReadonlyMap<string, number>): number {
    const changes = [...mark].map(([pool, count]) => ({ count, now: this.#changes.get(pool) ?? NONE }));
    return Math.min(...changes.map(({ count, now }) => now.count === count ? Infinity : now.dueMs));
  }

  #note(pool: string, dueMs: number): void {
    const count = ++this.#count;
    for (const [name, change] of [[pool, { count, dueMs }], [ANY_POOL, { count, dueMs: -Infinity }]] as const) {
      this.#changes.delete(name); // to the end
      this.#changes.set(name, change);
    }
    if (this.#changes.size > MAX_POOLS) this.#changes.delete(this.#changes.keys().next().value!);
    for (const { pools, wake } of this.#waiters) if (pools.has(pool) || pools.has(ANY_POOL)) wake();
  }

  /** Sleeps for `ms`. @returns whether any of the pools changed once more before */
  async #isWoken(
    mark: ReadonlyMap<string, number>,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const stop = new AbortController();
    const change = Promise.withResolvers<boolean>();
    const waiter = { pools: new Set(mark.keys()), wake: () => change.resolve(true) };
    this.#waiters.add(waiter);
    using either = anySignal([stop.signal, signal]);
    const timer = this.#deps.clock.sleep(ms, either.signal).then(() => false);
    timer.catch(() => undefined);
    try {
      return await Promise.race([change.promise, timer]);
    } finally {
      stop.abort(woken);
      this.#waiters.delete(waiter);
    }
  }
}
