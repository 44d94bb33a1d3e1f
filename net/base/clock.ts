/** Time as a dependency: everything that waits or compares times takes a {@linkcode Clock}. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds.
   *
   * @param ms any length, `Infinity` included; what is not over 0 counts as 0
   * @throws `signal.reason` as soon as `signal` is aborted, also when it already was
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest delay of one timer: with more than 31 bits `setTimeout` fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
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
