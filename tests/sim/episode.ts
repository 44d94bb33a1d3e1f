import { shrink } from "./shrink.ts";
import { simulate, type Simulation, type SimulationOptions } from "./simulate.ts";
import { storyOf } from "./story.ts";

/** A simulation found something; the message tells the shortest history of it that was found. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  constructor(readonly simulation: Simulation, message: string) {
    super(message, { cause: simulation.violation });
  }
}

/** How a failing episode is looked into. */
export interface EpisodeOptions {
  /** How long to look for a shorter history, in milliseconds. */
  readonly shrinkMs: number;
  readonly onProgress?: (text: string) => void;
}

/**
 * Runs one simulation, quickly; when it finds something, once more to see it, then shorter and shorter.
 *
 * @throws {SimulationError} if an invariant does not hold
 */
export async function runEpisode(options: SimulationOptions, looking: EpisodeOptions): Promise<Simulation> {
  const quick = await simulate({ ...options, isTraced: false });
  if (quick.violation === undefined) return quick;
  throw await lookInto(options, looking);
}

/** Finds the shortest history of a simulation that fails. */
export async function lookInto(
  options: SimulationOptions,
  { shrinkMs, onProgress }: EpisodeOptions,
): Promise<SimulationError> {
  const { seed, operations } = options;
  const simulation = await simulate(options);
  if (simulation.violation === undefined) {
    return new SimulationError(
      simulation,
      `seed ${seed} failed once and not again: the simulation is not deterministic`,
    );
  }
  onProgress?.(`seed ${seed}: ${simulation.violation.message}; looking for a shorter history`);
  const endsAt = performance.now() + shrinkMs;
  const shortest = await shrink({ options, simulation }, {
    isOver: () => performance.now() > endsAt,
    onProgress: ({ history, troubles }) =>
      onProgress?.(`still fails with ${history.length} operations and ${troubles.size} troubles`),
  });
  const again = `again: deno task sim --replay ${seed} --operations ${operations}`;
  return new SimulationError(shortest.simulation, `${storyOf(shortest)}\n${again}`);
}
