import { type Clock, systemClock } from "../base/clock.ts";

/** Milliseconds since some moment; nobody can set it back or forth, unlike the time of day. */
export const monotonicClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};
