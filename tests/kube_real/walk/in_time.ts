import { systemClock } from "../../../net/base/clock.ts";

/** Time for one answer, in milliseconds: far longer than a busy machine needs. */
const limitMs = 60_000;

/** Waits for `promise`. @throws {Error} that names `what` instead of waiting for ever */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const stop = new AbortController();
  const tooLate = systemClock.sleep(limitMs, stop.signal).then(() => {
    throw new Error(`Cannot go on: no end of ${what} after ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    stop.abort();
    await tooLate.catch(() => undefined);
  }
}
