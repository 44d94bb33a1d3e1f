import { type Clock, steadyNow } from "../../net/base/clock.ts";

/** Why a sleep is cut short; made once, a DOMException for each costs more. */
const cutShort = new Error("Cannot sleep on: an earlier end is waited for, or none any more");

interface Watched {
  /** By the clock's steady time, in milliseconds. */
  readonly dueMs: number;
  readonly end: () => void;
}

/**
 * Ends waits that last too long: one timer for all of them, because nearly all end in time, and a timer for each would
 * cost more than what they wait for. Dispose it when nobody waits any more.
 */
export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #sleep: { readonly untilMs: number; readonly cut: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `end` after `ms` milliseconds; what is not over 0 counts as 0.
   *
   * @returns how to call that off
   */
  watch(ms: number, end: () => void): () => void {
    const watched = { dueMs: steadyNow(this.#clock) + Math.max(ms, 0), end };
    this.#watched.add(watched);
    if (this.#sleep === undefined || watched.dueMs < this.#sleep.untilMs) this.#sleepUntil(watched.dueMs);
    return () => void this.#watched.delete(watched);
  }

  /** Calls everything off. */
  [Symbol.dispose](): void {
    this.#watched.clear();
    this.#sleep?.cut.abort(cutShort);
    this.#sleep = undefined;
  }

  /** The sleep that is under way goes on although what it was for has ended: another one would be due before long. */
  #sleepUntil(untilMs: number): void {
    this.#sleep?.cut.abort(cutShort);
    const sleep = { untilMs, cut: new AbortController() };
    this.#sleep = sleep;
    this.#clock.sleep(untilMs - steadyNow(this.#clock), sleep.cut.signal).then(() => this.#wake(sleep), ignoreCut);
  }

  #wake(sleep: object): void {
    if (this.#sleep !== sleep) return;
    this.#sleep = undefined;
    const now = steadyNow(this.#clock);
    let nextMs = Infinity;
    for (const watched of this.#watched) {
      if (watched.dueMs > now) nextMs = Math.min(nextMs, watched.dueMs);
      else if (this.#watched.delete(watched)) watched.end();
    }
    if (nextMs < Infinity) this.#rearm(nextMs);
  }

  /** What was called meanwhile may wait for an earlier end already. */
  #rearm(nextMs: number): void {
    const { untilMs = Infinity } = this.#sleep ?? {};
    if (nextMs < untilMs) this.#sleepUntil(nextMs);
  }
}

function ignoreCut(): void {
  // Another sleep has taken over, or nobody waits any more.
}
