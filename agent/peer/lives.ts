import type { Log } from "../../net/base/log.ts";
import type { LifeNote, Monotonic } from "./contract.ts";
import { MOST_TIMES } from "./patience.ts";

/** Lives up to so many timeouts are given without more ado; whoever starts after somebody waits for so many in any case. */
const PLAIN_TIMES = 2;
/** Less is noted so many of the noted lives after one of them was last given: its message was sent soon, and is over. */
const KEPT_TIMES = 3;

const CANNOT_ASK = "cannot ask other agents to write pools: the next agent would not know of it";
const CANNOT_WAIT = "cannot give a busy peer more time: the next agent would not know of it";

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
 * predecessor are over, whose timeout may have been another. So that this is short as a rule, the life of most requests
 * is noted at first, and a longer one before it is given. The first process of a node finds no note, and need not wait.
 */
export class Lives {
  /** How long what a predecessor asked for may live, in milliseconds from now. */
  readonly inheritedMs: number;
  readonly #deps: LivesDeps;
  /** The longest life that is noted, and when one was last given that needs the note; absent before {@linkcode begin}. */
  #noted: { readonly lifeMs: number; readonly atMs: number } | undefined;
  #isWarned = false;

  constructor(deps: LivesDeps) {
    this.#deps = deps;
    this.inheritedMs = inheritedMsOf(deps.note, deps.timeoutNow());
  }

  /** Whether peers may be asked at all: something is noted of it, or who comes next waits for the longest life anyway. */
  mayAsk(): boolean {
    return this.#deps.note === undefined || this.#noted !== undefined ||
      this.#keep(PLAIN_TIMES * this.#deps.timeoutNow());
  }

  /** What a predecessor asked for is over, and nothing was asked since. */
  begin(): void {
    this.#keep(PLAIN_TIMES * this.#deps.timeoutNow());
  }

  /** The life that a request that is sent now may get instead of `ms`: shorter where a longer one cannot be noted. */
  allow(ms: number): number {
    const { note, timeoutNow, monotonic } = this.#deps;
    if (note === undefined) return ms;
    const [timeoutMs, nowMs] = [timeoutNow(), monotonic()];
    const { lifeMs, atMs } = this.#noted ?? { lifeMs: 0, atMs: nowMs };
    const plainMs = PLAIN_TIMES * timeoutMs;
    if (ms > plainMs) {
      const longMs = Math.max(lifeMs, MOST_TIMES * timeoutMs); // both may still be under way
      return this.#keep(longMs) ? ms : plainMs;
    }
    if (lifeMs <= plainMs || nowMs - atMs > KEPT_TIMES * lifeMs) this.#keep(plainMs);
    return ms;
  }

  /** Notes a life that is given now. @returns whether it is noted */
  #keep(lifeMs: number): boolean {
    const { note, monotonic, log } = this.#deps;
    try {
      if (this.#noted?.lifeMs !== lifeMs) note?.write(lifeMs);
      this.#noted = { lifeMs, atMs: monotonic() };
      return true;
    } catch (err) {
      if (!this.#isWarned) log.warn(this.#noted === undefined ? CANNOT_ASK : CANNOT_WAIT, { err });
      this.#isWarned = true;
      return false;
    }
  }
}

/**
 * How long what a predecessor asked for may live. Where nothing is noted nobody has asked since the note is kept, and who
 * asked before that has ended by then.
 */
function inheritedMsOf(note: LifeNote | undefined, timeoutMs: number): number {
  const [plainMs, longestMs] = [PLAIN_TIMES * timeoutMs, MOST_TIMES * timeoutMs];
  if (note === undefined) return longestMs;
  const noted = note.read();
  if (noted !== undefined) return Math.max(plainMs, noted);
  return Math.min(plainMs, Math.max(0, longestMs - (note.keptMs?.() ?? 0)));
}
