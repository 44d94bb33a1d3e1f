import type { Episode } from "./campaign.ts";

/** Between two lines of progress, in milliseconds. */
const PROGRESS_MS = 10_000;

/** What a {@linkcode CampaignProgress} starts from. */
export interface CampaignProgressOptions {
  readonly seeds: readonly number[];
  /** Operations of each seed. */
  readonly operations: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly print: (line: string) => void;
}

/** Tells how far a long run is: each seed when it is done, and every ten seconds how much is left. */
export class CampaignProgress {
  readonly #options: CampaignProgressOptions;
  readonly #doneBySeed = new Map<number, number>();
  readonly #startMs: number;
  #saidMs: number;
  #done = 0;
  /** Operations that were not played again. */
  #known = 0;

  constructor(options: CampaignProgressOptions) {
    this.#options = options;
    this.#startMs = this.#saidMs = options.now();
  }

  /** Takes in that an episode was clean. */
  add(
    { seed, episode, isKnown }: { readonly seed: number; readonly episode: Episode; readonly isKnown: boolean },
  ): void {
    const { operations, print, now } = this.#options;
    const doneOfSeed = (this.#doneBySeed.get(seed) ?? 0) + episode.operations;
    this.#doneBySeed.set(seed, doneOfSeed);
    this.#done += episode.operations;
    if (isKnown) this.#known += episode.operations;
    if (doneOfSeed >= operations) {
      print(`seed ${seed}: ${doneOfSeed} operations, all invariants held, ${this.#seconds()} s after the beginning`);
    }
    if (now() - this.#saidMs < PROGRESS_MS) return;
    this.#saidMs = now();
    print(this.#text(seed));
  }

  #text(seed: number): string {
    const { seeds, operations, now } = this.#options;
    const all = seeds.length * operations;
    const perSecond = (this.#done - this.#known) / (now() - this.#startMs) * 1000;
    const left = perSecond > 0 ? `${((all - this.#done) / perSecond / 60).toFixed(1)} min left` : "nothing played yet";
    return `seed ${seed}: ${this.#done} of ${all} operations, ${perSecond.toFixed(0)}/s, ${left}`;
  }

  #seconds(): string {
    return ((this.#options.now() - this.#startMs) / 1000).toFixed(0);
  }
}
