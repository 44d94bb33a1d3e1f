import type { Clock } from "../../net/base/clock.ts";

/** A clock that somebody may set. */
export interface SettableClock {
  readonly clock: Clock;
  /** Sets the time that it shows, by so many milliseconds. */
  set(byMs: number): void;
}

/** A clock that can be set; its steady time and its sleeps are those of `time`, and go on. */
export function settableClock(time: Clock): SettableClock {
  let offsetMs = 0;
  return {
    clock: {
      now: () => time.now() + offsetMs,
      steady: () => time.now(),
      sleep: (ms, signal) => time.sleep(ms, signal),
    },
    set: (byMs) => void (offsetMs += byMs),
  };
}
