import type { Dice } from "./dice.ts";
import { Driver } from "./driver.ts";
import { MAX_LATE_MS, noFaults } from "./faults.ts";
import { SCAN_INTERVAL_MS } from "./gc_actor.ts";
import { callDel } from "./kubelet_calls.ts";
import { drive } from "./scheduler.ts";
import { Violation } from "./violation.ts";
import { type Mutation, World } from "./world.ts";

/** Milliseconds between two operations, on average. */
const PACE_MS = 150;
/** Longer than two looks of an agent through its journal, in milliseconds. */
const JOURNAL_MS = 70_000;
const TRACE_LINES = 50;
const REPEATED_DELS = 40;

/** What {@linkcode simulate} is to do. */
export interface SimulationOptions {
  readonly seed: number;
  readonly operations: number;
  /** @default none */
  readonly mutation?: Mutation;
}

/** What a simulation that held all invariants was. */
export interface SimulationResult {
  /** The same for the same seed and code. */
  readonly hash: string;
  /** Simulated milliseconds. */
  readonly simulatedMs: number;
}

/** A simulation found something. The message has all that is needed to see it again. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  constructor(readonly violation: Violation, message: string) {
    super(message, { cause: violation });
  }
}

/**
 * Runs one simulation.
 *
 * @throws {SimulationError} if an invariant does not hold
 */
export async function simulate({ seed, operations, mutation = {} }: SimulationOptions): Promise<SimulationResult> {
  const world = new World({ seed, mutation });
  const { clock, checker, tasks, trace } = world;
  const startMs = clock.now();
  let steps = 0;
  try {
    await drive(play(world, operations), {
      clock,
      afterStep() {
        steps++;
        checker.check();
        tasks.throwIfFailed();
      },
    });
  } catch (err) {
    throw failureOf(err, { world, seed, operations, steps });
  }
  return { hash: trace.hash, simulatedMs: clock.now() - startMs };
}

/** All operations, then the end: no more faults, all Pods go, everybody gets time to clean up. */
async function play(world: World, operations: number): Promise<void> {
  const { clock, trace, checker, gc } = world;
  const driver = new Driver(world);
  const dice = world.dice.fork("pace");
  await world.setUp();
  await clock.sleep(3000);
  for (let done = 0; done < operations; done++) {
    driver.operate();
    await clock.sleep(pauseMs(dice));
  }
  trace.add("sim", "winds up");
  await driver.windUp();
  world.setFaults(noFaults);
  await clock.sleep(MAX_LATE_MS + JOURNAL_MS);
  for (let scan = 0; scan < 4; scan++) {
    await gc.scan();
    await clock.sleep(SCAN_INTERVAL_MS);
  }
  await repeatDels(world);
  checker.check();
  checker.checkEmpty();
}

/** Milliseconds until the next operation: often none at all, at times long enough for everything to come to rest. */
function pauseMs(dice: Dice): number {
  return dice.weighted([[20, 0], [78, dice.exponential(PACE_MS)], [2, dice.between(1000, 8000)]]);
}

/** Repeats the last DELs of the run: what is gone already is gone again. */
async function repeatDels(world: World): Promise<void> {
  for (const { node, sandbox, nics } of world.ended.slice(-REPEATED_DELS)) {
    if (!node.isOurs) continue;
    for (const nic of nics) {
      if (await callDel(world, node, { sandbox, nic, isAnonymous: false })) continue;
      throw new Violation("I5", `a repeated DEL of ${sandbox.podName} ${nic} failed`, [sandbox.podName]);
    }
  }
}

function failureOf(
  err: unknown,
  { world, seed, operations, steps }: { world: World; seed: number; operations: number; steps: number },
): SimulationError {
  const violation = err instanceof Violation
    ? err
    : new Violation("bug", err instanceof Error ? err.stack ?? err.message : String(err));
  const about = violation.about.length === 0 ? [] : [
    `lines about ${violation.about.join(", ")}:`,
    ...world.trace.tail(TRACE_LINES, violation.about),
  ];
  const message = [
    `seed ${seed}, step ${steps}: ${violation.message}`,
    ...about,
    "last lines:",
    ...world.trace.tail(TRACE_LINES),
    `again: SIM_SEED=${seed} SIM_OPS=${operations} deno test -A tests/sim/`,
  ];
  return new SimulationError(violation, message.join("\n"));
}
