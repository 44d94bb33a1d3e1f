import type { Simulation } from "./simulate.ts";

/** What {@linkcode episodesOf} cuts into pieces. */
export interface CampaignOptions {
  readonly seed: number;
  readonly operations: number;
  /** Operations of one episode. */
  readonly episode: number;
}

/** One piece of a long run: a cluster of its own from its beginning until everything is gone. */
export interface Episode {
  readonly seed: number;
  readonly operations: number;
}

/** The episodes of a long run. Pieces can be played again, and shrunk, alone. */
export function* episodesOf({ seed, operations, episode }: CampaignOptions): IterableIterator<Episode> {
  for (let i = 0, left = operations; left > 0; i++, left -= episode) {
    yield { seed: Math.imul(seed, 1_000_003) + i >>> 0, operations: Math.min(left, episode) };
  }
}

/** What an episode was, as it crosses from a worker. */
export interface EpisodeResult {
  readonly steps: number;
  readonly simulatedMs: number;
  /** What was found. */
  readonly violation?: string;
}

/** The facts of a simulation that a long run reports. */
export function resultOf({ steps, simulatedMs, violation }: Simulation): EpisodeResult {
  return { steps, simulatedMs, ...violation !== undefined && { violation: violation.message } };
}
