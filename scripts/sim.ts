/**
 * Simulates the claim protocol for long: `deno task sim --operations 1000000 --seed 1 [--seeds 3]`. Ends with 1 when an
 * invariant does not hold, after it has looked for the shortest history that shows it.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { type Episode, type EpisodeResult, episodesOf, resultOf } from "../tests/sim/campaign.ts";
import { lookInto } from "../tests/sim/episode.ts";
import { simulate } from "../tests/sim/simulate.ts";
import { printLine } from "./print.ts";

/** Between two lines of progress, in milliseconds. */
const PROGRESS_MS = 10_000;

interface Options {
  readonly operations: number;
  readonly seed: number;
  readonly seeds: number;
  readonly episode: number;
  readonly jobs: number;
  readonly replay?: number;
  readonly shrinkSeconds: number;
}

/** Somebody who plays episodes. */
type Player = (episode: Episode) => Promise<EpisodeResult>;

if (import.meta.main) await main(Deno.args);

async function main(args: readonly string[]): Promise<void> {
  const options = new Command("deno task sim")
    .description("Simulates agents that share pools, under faults, and checks the invariants of the claim protocol.")
    .option("--operations <n>", "operations of each seed", wholeNumber, 20_000)
    .option("--seed <n>", "first seed", wholeNumber, 1)
    .option("--seeds <n>", "how many seeds, one after the other", wholeNumber, 1)
    .option("--episode <n>", "operations after which a new cluster begins", wholeNumber, 2500)
    .option("--jobs <n>", "threads", wholeNumber, 1)
    .option("--replay <seed>", "plays one episode by its own seed, as a failure prints it", wholeNumber)
    .option("--shrink-seconds <n>", "how long to look for a shorter history of a failure", wholeNumber, 300)
    .parse([...args], { from: "user" })
    .opts<Options>();
  if (options.replay !== undefined) {
    return await report({ seed: options.replay, operations: options.operations }, options);
  }
  const players = Array.from({ length: options.jobs }, () => options.jobs === 1 ? playHere : workerPlayer());
  for (let i = 0; i < options.seeds; i++) {
    const failed = await runSeed(options.seed + i, options, players);
    if (failed !== undefined) await report(failed, options);
  }
  Deno.exit(0);
}

/** Plays all episodes of one seed. @returns the first that failed */
async function runSeed(
  seed: number,
  { operations, episode }: Options,
  players: readonly Player[],
): Promise<Episode | undefined> {
  const startedAt = performance.now();
  const episodes = episodesOf({ seed, operations, episode });
  let failed: Episode | undefined;
  let done = 0;
  let saidAt = startedAt;
  await Promise.all(players.map(async (play) => {
    for (const next of episodes) {
      const { violation } = await play(next);
      if (violation !== undefined) failed ??= next;
      if (failed !== undefined) return;
      done += next.operations;
      if (performance.now() - saidAt < PROGRESS_MS) continue;
      saidAt = performance.now();
      printLine(progressText({ seed, done, operations, tookMs: saidAt - startedAt }));
    }
  }));
  if (failed === undefined) {
    const seconds = (performance.now() - startedAt) / 1000;
    printLine(`seed ${seed}: ${done} operations in ${seconds.toFixed(0)} s, all invariants held`);
  }
  return failed;
}

/** One line of progress. */
export function progressText(
  { seed, done, operations, tookMs }: { seed: number; done: number; operations: number; tookMs: number },
): string {
  const rate = done / tookMs * 1000;
  const leftMinutes = (operations - done) / rate / 60;
  return `seed ${seed}: ${done} of ${operations} operations, ${rate.toFixed(0)}/s, ${leftMinutes.toFixed(1)} min left`;
}

/** Shows what an episode finds, as short as can be, and ends the program. */
async function report(episode: Episode, { shrinkSeconds }: Options): Promise<never> {
  const result = resultOf(await simulate({ ...episode, isTraced: false }));
  if (result.violation === undefined) {
    printLine(`seed ${episode.seed}: ${episode.operations} operations, all invariants held`);
    Deno.exit(0);
  }
  const found = await lookInto(episode, { shrinkMs: shrinkSeconds * 1000, onProgress: printLine });
  printLine(`\n${found.message}`);
  Deno.exit(1);
}

async function playHere(episode: Episode): Promise<EpisodeResult> {
  return resultOf(await simulate({ ...episode, isTraced: false }));
}

function workerPlayer(): Player {
  const worker = new Worker(new URL("../tests/sim/episode_worker.ts", import.meta.url).href, { type: "module" });
  return (episode) => {
    const { promise, resolve, reject } = Promise.withResolvers<EpisodeResult>();
    worker.onmessage = ({ data }: MessageEvent<EpisodeResult>) => resolve(data);
    worker.onerror = (event) => reject(new Error(`Cannot play an episode: ${event.message}`));
    worker.postMessage(episode);
    return promise;
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("it has to be a whole number");
  return value;
}
