/** Time as a dependency: everything that waits or compares times takes a {@linkcode Clock}. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Milliseconds of a clock that nobody sets, near {@linkcode now} at first; only differences count. Absent where that one
   * never steps. See {@linkcode steadyNow}.
   */
  steady?(): number;
  /**
   * Resolves after `ms` milliseconds.
   *
   * @param ms any length, `Infinity` included; what is not over 0 counts as 0
   * @throws `signal.reason` as soon as `signal` is aborted, also when it already was
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Time for durations and deadlines within this process, in milliseconds: it goes on evenly when somebody sets the clock. What
 * others see or what is kept takes {@linkcode Clock.now}.
 */
export function steadyNow(clock: Clock): number {
  return clock.steady?.() ?? clock.now();
}

/** Longest delay of one timer: with more than 31 bits `setTimeout` fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.timeOrigin + performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let timer: ReturnType<typeof setTimeout>;
      wait(ms > 0 ? ms : 0);
      signal?.addEventListener("abort", cancel, { once: true });

      function wait(leftMs: number): void {
        const delayMs = Math.min(leftMs, longestTimerMs);
        timer = setTimeout(() => leftMs > delayMs ? wait(leftMs - delayMs) : finish(), delayMs);
      }
      function finish(): void {
        signal?.removeEventListener("abort", cancel);
        resolve();
      }
      function cancel(): void {
        clearTimeout(timer);
        reject(signal?.reason);
      }
    });
  },
};
