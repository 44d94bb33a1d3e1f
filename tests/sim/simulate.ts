import type { Dice } from "./dice.ts";
import type { Mix } from "./draw.ts";
import { Driver } from "./driver.ts";
import type { Troubles } from "./fate_book.ts";
import { type FaultRates, MAX_LATE_MS } from "./faults.ts";
import { SCAN_INTERVAL_MS } from "./gc_actor.ts";
import { callDel } from "./kubelet_calls.ts";
import type { Planned } from "./operation.ts";
import { drive } from "./scheduler.ts";
import { Violation } from "./violation.ts";
import { type Mutation, World } from "./world.ts";

/** Milliseconds between two operations, on average. */
const PACE_MS = 150;
/** Time for the agents to start, in milliseconds. */
const START_MS = 3000;
/** Longer than two looks of an agent through its journal, in milliseconds. */
const JOURNAL_MS = 70_000;
const REPEATED_DELS = 40;
/** Time after the last operation of a run that was cut short, in milliseconds. */
const REST_MS = 60_000;

/** What {@linkcode simulate} is to do. */
export interface SimulationOptions {
  readonly seed: number;
  /** How many operations are drawn; with `script` the length of that counts. */
  readonly operations: number;
  /** No operation is drawn later than this, in milliseconds. @default no end */
  readonly lastsMs?: number;
  /** @default none */
  readonly mutation?: Mutation;
  /** @default the usual mix */
  readonly climate?: Climate;
  /** What happened in another run, or a part of it. @default drawn by chance */
  readonly script?: Script;
  /** Whether the world keeps what happens as text. @default true */
  readonly isTraced?: boolean;
}

/** What happens more or less often than usual. */
export interface Climate {
  /** How many times as often an operation is drawn. */
  readonly mix?: Mix;
  /** What goes wrong in the network outside of storms and lulls. */
  readonly rates?: FaultRates;
}

/** Everything that was decided by chance from outside: enough to let it happen again. */
export interface Script {
  readonly history: readonly Planned[];
  readonly troubles: Troubles;
  /** When the winding up begins, in milliseconds since the first operation; absent if it did not come to that. */
  readonly endMs?: number;
}

/** What a simulation was. */
export interface Simulation {
  /** The same for the same seed and code. */
  readonly hash: string;
  /** Simulated milliseconds. */
  readonly simulatedMs: number;
  readonly steps: number;
  readonly script: Script;
  /** Absent when all invariants held. */
  readonly violation: Violation | undefined;
  readonly world: World;
}

/** Runs one simulation until its end or the first violation. */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { seed, mutation = {}, script, isTraced = true } = options;
  const world = new World({ seed, mutation, isTraced, ...script && { troubles: script.troubles } });
  const { clock, checker, tasks } = world;
  const startMs = clock.now();
  const record: { history: Planned[]; endMs?: number } = { history: [] };
  let steps = 0;
  let violation: Violation | undefined;
  const { stackTraceLimit } = Error;
  if (!isTraced) Error.stackTraceLimit = 0; // most errors are answers here, and their stacks cost a twentieth
  try {
    await drive(play(world, options, record), {
      clock,
      afterStep() {
        steps++;
        checker.check();
        tasks.throwIfFailed();
      },
    });
  } catch (err) {
    violation = violationOf(err);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { hash } = world.trace;
  const simulatedMs = clock.now() - startMs;
  return { hash, simulatedMs, steps, script: { ...record, troubles: world.fates.record }, violation, world };
}

/** All operations, then the end: no more faults, all Pods go, everybody gets time to clean up. */
async function play(
  world: World,
  { operations, lastsMs = Infinity, script, climate = {} }: SimulationOptions,
  record: { readonly history: Planned[]; endMs?: number },
): Promise<void> {
  const { clock, trace, checker } = world;
  const driver = new Driver(world, climate);
  await world.setUp();
  driver.begin();
  await clock.sleep(START_MS);
  const beginMs = clock.now();
  const planned = script === undefined ? drawn(world, { driver, operations, lastsMs }) : recorded(world, script);
  for await (const next of planned) {
    record.history.push(next);
    await driver.perform(next);
  }
  record.endMs = clock.now() - beginMs;
  trace.add("sim", "winds up");
  await driver.windUp();
  await clock.sleep(MAX_LATE_MS + JOURNAL_MS);
  await clock.sleep(4 * SCAN_INTERVAL_MS);
  await repeatDels(world);
  checker.check();
  checker.checkEmpty();
}

/** Operations by chance, each at its time. */
async function* drawn(
  { clock, dice }: World,
  { driver, operations, lastsMs }: { driver: Driver; operations: number; lastsMs: number },
): AsyncGenerator<Planned> {
  const pace = dice.fork("pace");
  const startMs = clock.now();
  for (let id = 1; id <= operations && clock.now() - startMs < lastsMs; id++) {
    yield { id, atMs: clock.now() - startMs, operation: driver.draw(id) };
    await clock.sleep(pauseMs(pace));
  }
}

/** Operations of another run, each at its time. */
async function* recorded({ clock }: World, { history, endMs }: Script): AsyncGenerator<Planned> {
  const startMs = clock.now();
  const lastMs = history.at(-1)?.atMs ?? 0;
  for (const planned of history) {
    if (planned !== history[0]) await clock.sleep(startMs + planned.atMs - clock.now());
    yield planned;
  }
  await clock.sleep(startMs + (endMs ?? lastMs + REST_MS) - clock.now());
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

function violationOf(err: unknown): Violation {
  if (err instanceof Violation) return err;
  return new Violation("bug", err instanceof Error ? err.stack ?? err.message : String(err));
}
