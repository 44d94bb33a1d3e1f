import { type Clock, steadyNow } from "../../net/base/clock.ts";

/**
 * Connections that wait for a request, those first that have waited longest. When there is no room for another connection,
 * that one has to go: callers who connect and say nothing, or say it slowly, must not keep others out.
 */
export class WaitingRoom {
  /** In the order they began to wait. */
  readonly #waiting = new Set<{ readonly sinceMs: number; readonly evict: () => void }>();
  readonly #clock: Clock;
  readonly #onEnter: () => void;
  #evicted = 0;

  /** @param onEnter called when a connection begins to wait: from now on there is one that may go */
  constructor(clock: Clock, onEnter: () => void = () => {}) {
    this.#clock = clock;
    this.#onEnter = onEnter;
  }

  /** Connections that wait now. */
  get size(): number {
    return this.#waiting.size;
  }

  /** How many had to go so far. */
  get evicted(): number {
    return this.#evicted;
  }

  /**
   * Begins to wait.
   *
   * @param evict ends the connection
   * @returns how to say that it waits no more
   */
  enter(evict: () => void): () => void {
    const entry = { sinceMs: steadyNow(this.#clock), evict };
    this.#waiting.add(entry);
    this.#onEnter();
    return () => void this.#waiting.delete(entry);
  }

  /** How long the one has waited that has waited longest, in milliseconds; nothing if none waits. */
  get longestMs(): number | undefined {
    const [oldest] = this.#waiting;
    return oldest && steadyNow(this.#clock) - oldest.sinceMs;
  }

  /** Ends the connection that has waited longest. @returns whether there was one */
  evictOldest(): boolean {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    this.#waiting.delete(oldest);
    this.#evicted++;
    oldest.evict();
    return true;
  }
}
