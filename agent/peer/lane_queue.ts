import type { Asked, LaneRequest } from "./asked.ts";
import { MAX_REQUESTS } from "./commit_request.ts";
import { WAIT } from "./link.ts";

/** A request with the one who waits for what becomes of it. */
export interface LaneItem extends LaneRequest {
  readonly settle: (asked: Asked) => void;
  readonly abort: (reason: unknown) => void;
}

/** What goes out in one message. */
export interface LaneBatch {
  readonly items: readonly LaneItem[];
  /** How long it may be worked on, in milliseconds. */
  readonly lifeMs: number;
  /** Those that have too little time to be asked at all. */
  readonly short: readonly LaneItem[];
}

/** Longest body in characters; the peer takes 1 MiB. */
const MAX_CHARACTERS = 256 * 1024;

/** Requests that wait for a message to a peer, the earliest deadline first. */
export class LaneQueue {
  #items: LaneItem[] = [];

  get length(): number {
    return this.#items.length;
  }

  /** Adds a request. */
  push(item: LaneItem): void {
    this.#items.push(item);
  }

  /** Takes one out. @returns whether it was there */
  remove(item: LaneItem): boolean {
    const count = this.#items.length;
    this.#items = this.#items.filter((other) => other !== item);
    return this.#items.length < count;
  }

  /** Takes all out. */
  drain(): readonly LaneItem[] {
    return this.#items.splice(0);
  }

  /**
   * Takes the next message's requests out. Those in a hurry go by themselves, with a shorter life: so much that when it
   * was in vain, `leastMs` are left to do without the peer.
   *
   * @param options `lifeMs` is how long the peer needs, `leastMs` the shortest life that is any use
   */
  take({ nowMs, lifeMs, leastMs }: { nowMs: number; lifeMs: number; leastMs: number }): LaneBatch {
    const lifeOf = (item: LaneItem) => Math.min(lifeMs, (item.options.deadlineMs - nowMs - leastMs) / WAIT);
    const waiting = this.#items.toSorted((a, b) => compare(a.options.deadlineMs, b.options.deadlineMs));
    const short = waiting.filter((item) => !(lifeOf(item) >= leastMs));
    const rest = waiting.slice(short.length);
    const least = rest[0] === undefined ? lifeMs : lifeOf(rest[0]);
    const items = fitting(rest.filter((item) => least === lifeMs || lifeOf(item) < lifeMs));
    const taken = new Set([...short, ...items]);
    this.#items = this.#items.filter((item) => !taken.has(item));
    return { items, short, lifeMs: least };
  }
}

/** The first of `items`, as many as one message holds. */
function fitting(items: readonly LaneItem[]): readonly LaneItem[] {
  let characters = 0;
  const past = items.findIndex(({ text }, i) => i >= MAX_REQUESTS || (characters += text.length + 1) > MAX_CHARACTERS);
  return past < 0 ? items : items.slice(0, past);
}

/** Deadlines may be infinite: their difference is no number. What is no number comes first. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b || Number.isNaN(a) ? -1 : 1;
}
