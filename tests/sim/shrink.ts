import { type Script, simulate, type Simulation, type SimulationOptions } from "./simulate.ts";

/** A simulation that found something. */
export interface Failure {
  readonly options: SimulationOptions;
  readonly simulation: Simulation;
}

/** How long and how talkative {@linkcode shrink} is. */
export interface ShrinkOptions {
  /** Ends the search; what was found until then counts. */
  readonly isOver: () => boolean;
  readonly onProgress?: (script: Script) => void;
}

/** A part of a script that may go, by position. */
interface Part {
  readonly size: (script: Script) => number;
  readonly without: (script: Script, from: number, to: number) => Script;
}

const operations: Part = {
  size: ({ history }) => history.length,
  without: (script, from, to) => ({ ...script, history: cutOut(script.history, from, to) }),
};

const troubles: Part = {
  size: (script) => script.troubles.size,
  without: (script, from, to) => ({ ...script, troubles: new Map(cutOut([...script.troubles], from, to)) }),
};

/**
 * Delta debugging: takes operations and troubles of the network out of a failing run as long as the same invariant
 * still breaks. Each smaller run is recorded anew, so that what is left fits it.
 *
 * @returns the smallest failure that was found; `failure` itself if it does not fail again as recorded
 */
export async function shrink(failure: Failure, options: ShrinkOptions): Promise<Failure> {
  let smallest = await replay(failure, failure.simulation.script);
  if (smallest === undefined) return failure;
  for (let before = Infinity; sizeOf(smallest) < before && !options.isOver();) {
    before = sizeOf(smallest);
    smallest = await reduce(smallest, operations, options);
    smallest = await reduce(smallest, troubles, options);
  }
  return smallest;
}

/** Takes out halves, quarters, … of one part, down to single items. */
async function reduce(failure: Failure, part: Part, { isOver, onProgress }: ShrinkOptions): Promise<Failure> {
  let smallest = failure;
  let length = part.size(smallest.simulation.script);
  while (length > 0) {
    for (let from = 0; from < part.size(smallest.simulation.script) && !isOver();) {
      const { script } = smallest.simulation;
      const smaller = await replay(smallest, part.without(script, from, from + length));
      if (smaller === undefined || sizeOf(smaller) >= sizeOf(smallest)) {
        from += length;
        continue;
      }
      smallest = smaller;
      onProgress?.(smaller.simulation.script);
    }
    length = Math.floor(length / 2);
  }
  return smallest;
}

/** Plays `script`. @returns the failure if the same invariant breaks as before */
async function replay({ options, simulation: { violation } }: Failure, script: Script): Promise<Failure | undefined> {
  const again = { ...options, script, operations: script.history.length };
  const simulation = await simulate(again);
  return simulation.violation?.invariant === violation?.invariant ? { options: again, simulation } : undefined;
}

function sizeOf({ simulation: { script } }: Failure): number {
  return operations.size(script) + troubles.size(script);
}

function cutOut<T>(items: readonly T[], from: number, to: number): readonly T[] {
  return [...items.slice(0, from), ...items.slice(to)];
}
