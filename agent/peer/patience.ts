/** How much longer than at first a peer may get at most. */
export const MOST_TIMES = 8;
/** An answer that took less than this part of what it may take came well in time. */
const WELL_IN_TIME = 1 / 4;

/**
 * How long a peer may take, in milliseconds: twice as long as what was too short, half as long when it answers well in
 * time. A busy peer is waited for then, and one that dies costs little where peers are quick.
 */
export class Patience {
  readonly #least: () => number;
  #ms: number;

  /** @param least what it starts with, and never falls below, in milliseconds; it never grows beyond 8 times that */
  constructor(least: () => number) {
    this.#least = least;
    this.#ms = least();
  }

  /** Milliseconds. */
  get ms(): number {
    return Math.min(Math.max(this.#ms, this.#least()), this.#least() * MOST_TIMES);
  }

  /** Something was not done after `tookMs`. */
  late(tookMs: number): void {
    this.#ms = Math.max(this.ms, Math.min(this.#least() * MOST_TIMES, 2 * tookMs));
  }

  /** Something that might have taken `givenMs` was done after `tookMs`. */
  inTime({ givenMs, tookMs }: { readonly givenMs: number; readonly tookMs: number }): void {
    if (givenMs < this.ms || tookMs >= givenMs * WELL_IN_TIME) return; // what was given less says nothing of more
    this.#ms = this.ms / 2;
  }
}
