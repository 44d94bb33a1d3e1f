import type { CollectionFacts } from "./reports.ts";

/** Counts V8's full collections: each one takes the object that nobody holds, and a new one takes its place. */
export class Collections {
  #full = 0;
  #forced = 0;
  #lastAt: number | undefined;
  #isStopped = false;
  readonly #now: () => number;
  readonly #registry = new FinalizationRegistry<undefined>(() => this.#seen());

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
    this.#lay();
  }

  /** Notes that one was asked for. */
  noteForced(): void {
    this.#forced++;
  }

  /** What was counted so far. */
  facts(): CollectionFacts {
    return { full: this.#full, forced: this.#forced, lastAt: this.#lastAt };
  }

  /** Counts no more. */
  stop(): void {
    this.#isStopped = true;
  }

  #seen(): void {
    if (this.#isStopped) return;
    this.#full++;
    this.#lastAt = this.#now();
    this.#lay();
  }

  #lay(): void {
    this.#registry.register({}, undefined);
  }
}
