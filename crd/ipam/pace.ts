import { type BackoffOptions, fullJitter } from "../../net/base/backoff.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { KubeApiError } from "../kube/errors.ts";

/** Longest time that a server's Retry-After is heeded, in milliseconds. */
const MAX_RETRY_AFTER_MS = 10_000;

/** What a {@linkcode Pace} works with. */
export interface PaceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: BackoffOptions;
}

/** When to try again after failures: full jitter, and never before the server wants to be asked. */
export class Pace {
  readonly #options: PaceOptions;
  #failures = 0;
  #lastError: unknown;
  /** The pause after the last failure. */
  #quiet = { fromMs: -Infinity, untilMs: -Infinity };

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Milliseconds until the next try; 0 or less when there is nothing to wait for, or somebody set the clock back. */
  get leftMs(): number {
    const nowMs = this.#options.clock.now();
    return nowMs < this.#quiet.fromMs ? 0 : this.#quiet.untilMs - nowMs;
  }

  /** What went wrong since something last went right. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** A try failed. The pause has at least a millisecond: a loop without one would starve everything else. */
  failed(err: unknown): void {
    this.#lastError = err;
    const { clock, random, backoff } = this.#options;
    const retryAfterMs = err instanceof KubeApiError ? Math.min(err.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
    const pauseMs = Math.max(1, retryAfterMs, fullJitter(this.#failures++, { ...backoff, random }));
    this.#quiet = { fromMs: clock.now(), untilMs: clock.now() + pauseMs };
  }

  /** Something went right, or it is long ago that something went wrong. */
  reset(): void {
    this.#failures = 0;
    this.#lastError = undefined;
  }
}
