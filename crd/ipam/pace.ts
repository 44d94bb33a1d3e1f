import { type BackoffOptions, fullJitter } from "../../net/base/backoff.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { isConflict } from "../kube/errors.ts";
import { heededRetryAfterMs } from "../kube/retry_after.ts";
import { Contention } from "./contention.ts";

/** What a {@linkcode Pace} works with. */
export interface PaceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: BackoffOptions;
}

/**
 * When to write next. After a failure: full jitter, and never before the server wants to be asked. Where others write, too:
 * at a random moment of the window that {@linkcode Contention} tells, after a conflict as after a success.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #contention = new Contention();
  #failures = 0;
  #lastError: unknown;
  /** The pause after the last try. */
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

  /**
   * A try that took `turnMs` failed. The pause has at least a millisecond: a loop without one would starve everything else.
   */
  failed(err: unknown, turnMs: number): void {
    this.#lastError = err;
    const { clock, random, backoff } = this.#options;
    if (isConflict(err)) {
      this.#contention.tried({ isConflict: true, turnMs, nowMs: clock.now() });
      return this.#rest(Math.max(1, random() * this.#contention.windowMs));
    }
    this.#rest(Math.max(1, heededRetryAfterMs(err), fullJitter(this.#failures++, { ...backoff, random })));
  }

  /** A write that took `turnMs` was done: where others write, too, they are to have their turn. */
  wrote(turnMs: number): void {
    const { clock, random } = this.#options;
    this.#contention.tried({ isConflict: false, turnMs, nowMs: clock.now() });
    if (this.#contention.windowMs > 0) this.#rest(random() * this.#contention.windowMs);
  }

  /** Something went right, or it is long ago that something went wrong. */
  reset(): void {
    this.#failures = 0;
    this.#lastError = undefined;
  }

  #rest(pauseMs: number): void {
    const nowMs = this.#options.clock.now();
    this.#quiet = { fromMs: nowMs, untilMs: nowMs + pauseMs };
  }
}
