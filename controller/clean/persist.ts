import { fullJitter } from "../../net/base/backoff.ts";
import { isNotFound } from "../../crd/kube/mod.ts";
import type { TimedDeps } from "./deps.ts";
import { isPassing } from "./trouble.ts";

/** Pauses between tries, in milliseconds. */
const BACKOFF = { baseMs: 200, capMs: 5_000 };

/**
 * Runs `action` until it succeeds, is refused for good, or the deadline has passed.
 *
 * @returns `undefined` if what it acts on is not there
 * @throws the last error
 */
export async function persist<T>(deps: TimedDeps, action: () => Promise<T>): Promise<T | undefined> {
  const { clock, random, log, signal, deadlineMs } = deps;
  for (let tries = 0;; tries++) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (err) {
      if (isNotFound(err)) return undefined;
      if (signal.aborted || !isPassing(err) || clock.now() >= deadlineMs) throw err;
      log.warn("tries again", { err });
    }
    await clock.sleep(Math.max(1, fullJitter(tries, { ...BACKOFF, random })), signal);
  }
}
