import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";

/** Between two looks at the memory, in milliseconds. One takes some microseconds. */
const LOOK_MS = 1_000;
/** Without growth there is a trim each so many looks: once a minute. */
const LOOKS = 60;
/** What has come since the last trim that makes one worthwhile, in bytes: it takes a millisecond, and as much again for what is needed still. */
const GROWTH_BYTES = 8 * 1024 * 1024;

/** Gives memory back to the system that this process does not use. */
export type TrimMemory = () => void;

/** What {@linkcode runTrims} works with. */
export interface TrimDeps {
  /** Loads what trims; left out, nothing is given back. */
  readonly trim?: (() => Promise<TrimMemory>) | undefined;
  /** Resident memory of this process, in bytes. @default what the system tells */
  readonly residentBytes?: (() => number) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Trims at once, when the start is over that needed the most, and then every minute and whenever much has come, as in a
 * burst of ADDs, until `signal` is aborted. Who may not goes on without.
 */
export async function runTrims({ trim: load, log, ...memory }: TrimDeps, signal: AbortSignal): Promise<void> {
  try {
    const trim = await load?.();
    while (trim !== undefined && !signal.aborted) {
      trim();
      await growth(memory, signal);
    }
  } catch (err) {
    log.warn("cannot give unused memory back", { err });
  }
}

/** Waits until the next trim is due. */
async function growth(
  { clock, residentBytes = ownResidentBytes }: Pick<TrimDeps, "clock" | "residentBytes">,
  signal: AbortSignal,
): Promise<void> {
  const limit = residentBytes() + GROWTH_BYTES;
  for (let looks = 0; looks < LOOKS && residentBytes() < limit && !signal.aborted; looks++) {
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

function ownResidentBytes(): number {
  return Deno.memoryUsage().rss;
}
