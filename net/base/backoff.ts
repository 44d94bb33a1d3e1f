import type { Random } from "./random.ts";

/** Bounds of {@linkcode fullJitter}. */
export interface BackoffOptions {
  /** Upper bound of the first pause, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of every pause, in milliseconds. */
  readonly capMs: number;
}

/**
 * Pause before try `attempt` + 1: uniform between 0 and `baseMs · 2^attempt`, at most `capMs` ("full jitter").
 *
 * @param attempt 0 after the first failure
 * @returns milliseconds
 */
export function fullJitter(attempt: number, { baseMs, capMs, random }: BackoffOptions & { random: Random }): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
}
