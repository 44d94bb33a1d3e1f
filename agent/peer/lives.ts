import type { Log } from "../../net/base/log.ts";
import type { LifeNote, Monotonic } from "./contract.ts";
import { MOST_TIMES } from "./patience.ts";

/** Whoever starts waits for so many timeouts in any case: nothing needs to be noted up to that. */
const UNNOTED_TIMES = 2;
/** The note goes so many of the longest lives after the last long one was given: its message was sent soon, and is over. */
const KEPT_TIMES = 3;

/** What {@linkcode Lives} works with. */
export interface LivesDeps {
  /** @default none: every successor waits as long as any request may live */
  readonly note?: LifeNote;
  /** How long a committer may work on a request at first, in milliseconds. */
  readonly timeoutMs: number;
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
  /** When a long life was last given; absent while nothing is noted. */
  #notedMs: number | undefined;
  #isWarned = false;

  constructor(deps: LivesDeps) {
    this.#deps = deps;
    const { note, timeoutMs } = deps;
    const noted = note === undefined ? MOST_TIMES * timeoutMs : note.read() ?? 0;
    this.inheritedMs = Math.max(UNNOTED_TIMES * timeoutMs, noted);
  }

  /** What a predecessor asked for is over, and nothing was asked since. */
  begin(): void {
    this.#clear();
  }

  /** The life that a request that is sent now may get instead of `ms`: shorter where a longer one cannot be noted. */
  allow(ms: number): number {
    const { note, timeoutMs, monotonic } = this.#deps;
    const nowMs = monotonic();
    if (note === undefined) return ms;
    if (ms <= UNNOTED_TIMES * timeoutMs) {
      const isOver = this.#notedMs !== undefined && nowMs - this.#notedMs > KEPT_TIMES * MOST_TIMES * timeoutMs;
      if (isOver) this.#clear();
      return ms;
    }
    if (this.#notedMs === undefined && !this.#write(note)) return UNNOTED_TIMES * timeoutMs;
    this.#notedMs = nowMs;
    return ms;
  }

  /** Whether it could be written. */
  #write(note: LifeNote): boolean {
    const { timeoutMs, log } = this.#deps;
    try {
      note.write(MOST_TIMES * timeoutMs);
      return true;
    } catch (err) {
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
    this.#notedMs = undefined;
  }
}
