/** How much longer than at first a peer may get at most. */
export const MOST_TIMES = 8;
/** An answer that took less than this part of what it may take came well in time. */
const WELL_IN_TIME = 1 / 4;

/**
 * How long a peer may take, in milliseconds: twice as long as what was too short, half as long when it answers well in
 * time. A busy peer is waited for then, and one that dies costs little where peers are quick.
 */
export class Patience {
  readonly #leastMs: number;
  #ms: number;

  /** @param leastMs what it starts with, and never falls below; it never grows beyond 8 times that */
  constructor(leastMs: number) {
    this.#leastMs = this.#ms = leastMs;
  }

  /** Milliseconds. */
  get ms(): number {
    return this.#ms;
  }

  /** Something was not done after `tookMs`. */
  late(tookMs: number): void {
    this.#ms = Math.max(this.#ms, Math.min(this.#leastMs * MOST_TIMES, 2 * tookMs));
  }

  /** Something that might have taken `givenMs` was done after `tookMs`. */
  inTime({ givenMs, tookMs }: { readonly givenMs: number; readonly tookMs: number }): void {
    if (givenMs < this.#ms || tookMs >= givenMs * WELL_IN_TIME) return; // what was given less says nothing of more
    this.#ms = Math.max(this.#leastMs, this.#ms / 2);
  }
}
