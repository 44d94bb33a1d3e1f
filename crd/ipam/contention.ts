/** What a {@linkcode Contention} knows a pause from. */
export interface ContentionOptions {
  /** Longest window, in milliseconds. @default 2000 */
  readonly capMs?: number;
}

/** After this time without a write nothing is known of others any more, in milliseconds. */
const FORGET_MS = 5_000;

/** Share of the last turn in the mean. */
const NEWEST = 0.3;
/** No turn is taken to be shorter, in milliseconds: clocks tick coarsely. */
const SHORTEST_MS = 5;
const GROWTH = 1.5;
const DECAY = 0.7;

/**
 * How crowded a pool is with writers of other processes, told from one's own conflicts: the window in which a writer picks
 * the moment of its next try at random. It is measured in turns (a read and a write), for a turn is what others spoil.
 *
 * Growth and decay balance where about every other try succeeds, which is near the most that writers who do not know of
 * each other can get through. A winner waits in its window too: it would win again from its cache while the others read.
 */
export class Contention {
  readonly #capMs: number;
  #windowMs = 0;
  #turnMs = 0;
  #lastMs = -Infinity;

  constructor({ capMs = 2_000 }: ContentionOptions = {}) {
    this.#capMs = capMs;
  }

  /** Milliseconds in which the next try is to be, uniformly; 0 where nobody else writes. */
  get windowMs(): number {
    return this.#windowMs;
  }

  /** A write met a conflict, or went through. */
  tried({ isConflict, turnMs, nowMs }: {
    readonly isConflict: boolean;
    /** From the read that the write was decided on to its answer. */
    readonly turnMs: number;
    readonly nowMs: number;
  }): void {
    if (nowMs - this.#lastMs > FORGET_MS || nowMs < this.#lastMs) this.#windowMs = this.#turnMs = 0;
    this.#lastMs = nowMs;
    const lastMs = Math.max(SHORTEST_MS, turnMs);
    this.#turnMs = this.#turnMs === 0 ? lastMs : this.#turnMs * (1 - NEWEST) + lastMs * NEWEST;
    if (isConflict) this.#windowMs = Math.min(this.#capMs, Math.max(this.#windowMs * GROWTH, this.#turnMs * 2));
    else this.#windowMs = this.#windowMs * DECAY < this.#turnMs / 2 ? 0 : this.#windowMs * DECAY;
  }
}
