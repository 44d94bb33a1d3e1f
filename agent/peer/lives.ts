import type { Log } from "../../net/base/log.ts";
import type { LifeNote, Monotonic } from "./contract.ts";
import { MOST_TIMES } from "./patience.ts";

/** Whoever starts waits for so many timeouts in any case: nothing needs to be noted up to that. */
const UNNOTED_TIMES = 2;
/** The note goes so many of the longest lives after the last long one was given: its message was sent soon, and is over. */
const KEPT_TIMES = 3;

/** What {@linkcode Lives} works with. */
export interface LivesDeps {
  /** @default none: every successor waits for the longest life of a request */
  readonly note?: LifeNote;
  /** How long a committer may work on a request at first, in milliseconds, as it is now. */
  readonly timeoutNow: () => number;
  readonly monotonic: Monotonic;
  readonly log: Log;
}

/**
 * How long requests of this node may live at a peer. A process that is started again must not ask before those of its
 * predecessor are over; so that this is short as a rule, longer lives are noted before the first one is given.
 */
export class Lives {
  /** How long what a predecessor asked for may live, in milliseconds from now. */
  readonly inheritedMs: number;
  readonly #deps: LivesDeps;
  /** The longest life that is noted, and when a long one was last given; absent while nothing is noted. */
  #noted: { readonly lifeMs: number; readonly atMs: number } | undefined;
  #isWarned = false;

  constructor(deps: LivesDeps) {
    this.#deps = deps;
    const { note, timeoutNow } = deps;
    const timeoutMs = timeoutNow();
    const noted = note === undefined ? MOST_TIMES * timeoutMs : note.read() ?? 0;
    this.inheritedMs = Math.max(UNNOTED_TIMES * timeoutMs, noted);
  }

  /** What a predecessor asked for is over, and nothing was asked since. */
  begin(): void {
    this.#clear();
  }

  /** The life that a request that is sent now may get instead of `ms`: shorter where a longer one cannot be noted. */
  allow(ms: number): number {
    const { note, timeoutNow, monotonic } = this.#deps;
    const [timeoutMs, atMs] = [timeoutNow(), monotonic()];
    if (note === undefined) return ms;
    if (ms <= UNNOTED_TIMES * timeoutMs) {
      if (this.#noted !== undefined && atMs - this.#noted.atMs > KEPT_TIMES * this.#noted.lifeMs) this.#clear();
      return ms;
    }
    const lifeMs = Math.max(this.#noted?.lifeMs ?? 0, MOST_TIMES * timeoutMs); // both may still be under way
    if (this.#noted?.lifeMs !== lifeMs && !this.#write(note, lifeMs)) return UNNOTED_TIMES * timeoutMs;
    this.#noted = { lifeMs, atMs };
    return ms;
  }

  /** Whether it could be written. */
  #write(note: LifeNote, lifeMs: number): boolean {
    try {
      note.write(lifeMs);
      return true;
    } catch (err) {
      const { log } = this.#deps;
      if (!this.#isWarned) log.warn("cannot give a busy peer more time: the next agent would not know of it", { err });
      this.#isWarned = true;
      return false;
    }
  }

  #clear(): void {
    try {
      this.#deps.note?.clear();
    } catch (err) {
      this.#deps.log.warn("cannot drop the note for the next agent: it will wait longer than it must", { err });
    }
    this.#noted = undefined;
  }
}
