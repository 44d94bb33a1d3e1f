import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";

/** Between two trims, in milliseconds: long enough that what they cost is nothing. */
const INTERVAL_MS = 60_000;

/** Gives memory back to the system that this process does not use. */
export type TrimMemory = () => void;

/** What {@linkcode runTrims} works with. */
export interface TrimDeps {
  /** Loads what trims; left out, nothing is given back. */
  readonly trim?: (() => Promise<TrimMemory>) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Trims at once, when the start is over that needed the most, and then regularly until `signal` is aborted. Who may not
 * goes on without.
 */
export async function runTrims({ trim: load, clock, log }: TrimDeps, signal: AbortSignal): Promise<void> {
  try {
    const trim = await load?.();
    while (trim !== undefined && !signal.aborted) {
      trim();
      await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
    }
  } catch (err) {
    log.warn("cannot give unused memory back", { err });
  }
}
