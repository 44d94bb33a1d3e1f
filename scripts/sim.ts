/**
 * Simulates the claim protocol for long: `deno task sim --operations 1000000 --seed 1 [--seeds 3] [--jobs 2]`, or
 * `deno task sim --hours 8` for one cluster that lives that long. Ends with 1 when an invariant does not hold, after it has
 * looked for the shortest history that shows it.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import {
  type Episode,
  type EpisodeResult,
  type Player,
  resultOf,
  runCampaign,
  textOfEpisode,
} from "../tests/sim/campaign.ts";
import { CampaignProgress } from "../tests/sim/campaign_progress.ts";
import { lookInto } from "../tests/sim/episode.ts";
import { simulate } from "../tests/sim/simulate.ts";
import { printLine } from "./print.ts";

interface Options {
  readonly operations: number;
  readonly seed: number;
  readonly seeds: number;
  readonly episode: number;
  readonly jobs: number;
  readonly hours?: number;
  readonly replay?: number;
  readonly resume?: string;
  readonly shrinkSeconds: number;
}

if (import.meta.main) await main(Deno.args);

async function main(args: readonly string[]): Promise<void> {
  const options = new Command("deno task sim")
    .description("Simulates agents that share pools, under faults, and checks the invariants of the claim protocol.")
    .option("--operations <n>", "operations of each seed", wholeNumber, 20_000)
    .option("--seed <n>", "first seed", wholeNumber, 1)
    .option("--seeds <n>", "how many seeds, one after the other", wholeNumber, 1)
    .option("--episode <n>", "operations after which a new cluster begins", positiveNumber, 2500)
    .option("--jobs <n>", "threads", positiveNumber, 1)
    .option("--hours <n>", "simulated hours of one cluster of each seed, instead of operations", positiveNumber)
    .option(
      "--resume <file>",
      "notes episodes that were clean here, and plays none of them again: for the same code only",
    )
    .option("--replay <seed>", "plays one episode by its own seed, as a failure prints it", wholeNumber)
    .option("--shrink-seconds <n>", "how long to look for a shorter history of a failure", wholeNumber, 300)
    .parse([...args], { from: "user" })
    .opts<Options>();
  if (options.replay !== undefined) {
    return await report({ seed: options.replay, operations: options.operations }, options);
  }
  const failed = options.hours === undefined ? await runAll(options) : await soakAll(options, options.hours);
  if (failed !== undefined) await report(failed, options);
  Deno.exit(0);
}

/** Plays all episodes of all seeds. @returns the first that failed */
async function runAll(
  { seed, seeds: count, operations, episode, jobs, resume }: Options,
): Promise<Episode | undefined> {
  const seeds = Array.from({ length: count }, (_, i) => seed + i);
  const players = Array.from({ length: jobs }, () => jobs === 1 ? playHere : workerPlayer());
  const progress = new CampaignProgress({ seeds, operations, now: () => performance.now(), print: printLine });
  return await runCampaign({
    seeds,
    operations,
    episode,
    players,
    known: resume === undefined ? new Set() : readKnown(resume),
    onEpisode(done) {
      if (resume !== undefined && !done.isKnown) {
        Deno.writeTextFileSync(resume, `${textOfEpisode(done.episode)}\n`, { append: true });
      }
      progress.add(done);
    },
  });
}

/** Lets one cluster of each seed live for `hours`. @returns the first that failed */
async function soakAll({ seed, seeds: count }: Options, hours: number): Promise<Episode | undefined> {
  for (let own = seed; own < seed + count; own++) {
    const startMs = performance.now();
    const soaked = await simulate({ seed: own, operations: Infinity, lastsMs: hours * 3_600_000, isTraced: false });
    const operations = soaked.script.history.length;
    if (soaked.violation !== undefined) return { seed: own, operations };
    const seconds = Math.round((performance.now() - startMs) / 1000);
    const simulated = (soaked.simulatedMs / 3_600_000).toFixed(1);
    printLine(
      `seed ${own}: ${simulated} simulated hours in ${seconds} s, ${operations} operations, all invariants held`,
    );
  }
  return undefined;
}

/** The episodes that an earlier run noted; none when there was none. */
function readKnown(path: string): ReadonlySet<string> {
  try {
    return new Set(Deno.readTextFileSync(path).split("\n"));
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return new Set();
    throw err;
  }
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

function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("it has to be more than 0");
  return value;
}
