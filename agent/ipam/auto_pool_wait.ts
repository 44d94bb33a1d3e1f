import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { ANY_POOL, type FreeSignal } from "./free_signal.ts";

/** Time that is left for the answer when a pool does not appear before the deadline, in milliseconds. */
const MARGIN_MS = 1_000;

/**
 * How long several changes of pools are gathered before the next look, in milliseconds: on a busy cluster they come by
 * the hundred a second, and every ADD that waits looks through all pools.
 */
const GATHER_MS = 250;

/** What {@linkcode whenAutoPoolIsThere} waits with. */
export interface AutoPoolWait {
  readonly clock: Clock;
  readonly freed: FreeSignal;
  /** In milliseconds. */
  readonly waitMs: number;
  /** Of the request, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Told once, when it comes to waiting. @default nobody */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Runs `attempt` until it does not fail for an auto-created pool that is not there yet: again whenever a watch tells
 * of a changed pool, for at most `waitMs`.
 *
 * @throws what the last attempt threw, or the signal's reason
 */
export async function whenAutoPoolIsThere<T>(
  attempt: () => Promise<T>,
  { clock, freed, waitMs, deadlineMs, signal, onWait }: AutoPoolWait,
): Promise<T> {
  const untilMs = Math.min(steadyNow(clock) + waitMs, deadlineMs - MARGIN_MS);
  for (let tries = 0;; tries++) {
    const mark = freed.mark([ANY_POOL]);
    try {
      return await attempt();
    } catch (err) {
      if (!(err instanceof IpamError) || err.code !== "auto-pool-missing") throw err;
      const ms = untilMs - steadyNow(clock);
      if (ms > 0 && tries === 0) onWait?.();
      if (ms <= 0 || !await freed.wait(mark, { ms, signal })) throw err;
    }
    await clock.sleep(Math.max(0, Math.min(GATHER_MS, untilMs - steadyNow(clock))), signal);
  }
}
