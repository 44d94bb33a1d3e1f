import type { TimeLimit } from "./committer_time.ts";

/** Most messages remembered at a time; 64 characters each. */
const MAX_MESSAGES = 16_384;
/** Fewer than this are not worth looking for those that are over. */
const MIN_SWEEP = 256;

/**
 * Messages that came, as long as they could still be worked on: a copy that comes later, even after the first one was
 * answered, is known by its name. What is over needs no memory, it is refused by its time.
 */
export class SeenMessages {
  /** When each is over, in milliseconds of the epoch. */
  readonly #ends = new Map<string, number>();
  #epoch = "";
  #sweepAt = MIN_SWEEP;

  /** Number of messages remembered. */
  get size(): number {
    return this.#ends.size;
  }

  /**
   * Looks at a message of the epoch that runs, which is not over.
   *
   * @returns `full` if it cannot be remembered: it must not be worked on
   */
  see(id: string, { epoch, notAfterMs }: TimeLimit, nowMs: number): "new" | "copy" | "full" {
    if (epoch !== this.#epoch) this.#ends.clear(); // nothing of an older one is worked on
    this.#epoch = epoch;
    if (this.#ends.has(id)) return "copy";
    if (this.#ends.size >= this.#sweepAt) this.#sweep(nowMs);
    if (this.#ends.size >= MAX_MESSAGES) return "full";
    this.#ends.set(id, notAfterMs);
    return "new";
  }

  #sweep(nowMs: number): void {
    for (const [id, endMs] of this.#ends) if (endMs <= nowMs) this.#ends.delete(id);
    this.#sweepAt = Math.min(MAX_MESSAGES, Math.max(MIN_SWEEP, 2 * this.#ends.size));
  }
}
