import { setImmediate } from "node:timers";
import type { SimClock } from "./sim_clock.ts";

/** What {@linkcode drive} needs. */
export interface DriveOptions {
  readonly clock: SimClock;
  /** Called after each step, when everything waits for the clock again. Throws to end the run. */
  readonly afterStep: () => void;
}

/**
 * Moves the clock from sleeper to sleeper until `promise` settles; between two, everything that is ready runs.
 *
 * @throws {Error} if nobody sleeps any more although `promise` is pending
 */
export async function drive<T>(promise: Promise<T>, { clock, afterStep }: DriveOptions): Promise<T> {
  let isDone = false;
  const done = () => void (isDone = true);
  promise.then(done, done);
  for (;;) {
    await settled();
    afterStep();
    if (isDone) return await promise;
    if (!clock.step()) throw new Error("Cannot go on: everybody waits for something that never comes");
  }
}

/** Resolves when all promise callbacks have run that are ready or become so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
