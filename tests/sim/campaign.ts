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

/** Somebody who plays episodes. */
export type Player = (episode: Episode) => Promise<EpisodeResult>;

/** How a campaign is run. */
export interface CampaignRun {
  readonly seeds: readonly number[];
  readonly operations: number;
  readonly episode: number;
  /** They work at the same time, each on one episode after the other. */
  readonly players: readonly Player[];
  /** Episodes that are known to be clean, as {@linkcode textOfEpisode} writes them: not played again. */
  readonly known: ReadonlySet<string>;
  /** Told of each episode that is clean. */
  readonly onEpisode: (done: { readonly seed: number; readonly episode: Episode; readonly isKnown: boolean }) => void;
}

/** Plays all episodes of all seeds, one seed after the other. @returns the first episode that failed */
export async function runCampaign(run: CampaignRun): Promise<Episode | undefined> {
  const queue = queueOf(run);
  let failed: Episode | undefined;
  await Promise.all(run.players.map(async (play) => {
    for (const { seed, episode } of queue) {
      if (failed !== undefined) return;
      const isKnown = run.known.has(textOfEpisode(episode));
      if (!isKnown && (await play(episode)).violation !== undefined) failed ??= episode;
      else run.onEpisode({ seed, episode, isKnown });
    }
  }));
  return failed;
}

/** An episode in one line. */
export function textOfEpisode({ seed, operations }: Episode): string {
  return `${seed} ${operations}`;
}

/** One queue for all players, so that nobody waits at the end of a seed. */
function* queueOf({ seeds, operations, episode }: CampaignRun): Generator<{ seed: number; episode: Episode }> {
  for (const seed of seeds) {
    for (const next of episodesOf({ seed, operations, episode })) yield { seed, episode: next };
  }
}
