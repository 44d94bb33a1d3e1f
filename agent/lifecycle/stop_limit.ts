import type { Clock } from "../../net/base/clock.ts";
import { STOP_MS } from "./budgets.ts";

/** Why a sleep is cut short. */
const ended = new Error("Cannot sleep on: what was limited has ended");

/** The agent did not end in time. */
export class StopTooLongError extends Error {
  override readonly name = "StopTooLongError";

  constructor(limitMs: number) {
    super(`Cannot stop in good order: the agent still works ${limitMs / 1000} s after it was told to stop`);
  }
}

/** What limits a task's end. */
export interface StopLimit {
  /** Aborted when the task is told to end. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** From then on, in milliseconds. @default STOP_MS */
  readonly limitMs?: number;
}

/**
 * What `task` comes to, unless that takes too long once it is told to end: the kubelet would kill the process, and who
 * looks into its log would learn nothing.
 *
 * @throws {StopTooLongError}
 */
export async function withinStopLimit<T>(task: Promise<T>, { stop, clock, limitMs = STOP_MS }: StopLimit): Promise<T> {
  const done = new AbortController();
  const overdue = new Promise<never>((_, reject) => {
    const limit = () =>
      clock.sleep(limitMs, done.signal).then(() => reject(new StopTooLongError(limitMs)), () => undefined);
    stop.addEventListener("abort", limit, { once: true, signal: done.signal });
    if (stop.aborted) void limit();
  });
  try {
    return await Promise.race([task, overdue]);
  } finally {
    done.abort(ended);
  }
}
