/** What a {@linkcode TokenBucket} allows. */
export interface TokenBucketOptions {
  /** How many things may happen at once after a quiet time. */
  readonly burst: number;
  /** And how many a second in the long run. */
  readonly perSecond: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic: () => number;
}

/** Lets so many things happen at once, and so many a second after that. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #left: number;
  #at: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#left = options.burst;
    this.#at = options.monotonic();
  }

  /** Whether one more may happen now. */
  take(): boolean {
    this.#refill();
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Milliseconds until {@linkcode take} may succeed; 0: now. */
  get waitMs(): number {
    this.#refill();
    // a rounding error less than a whole token would be asked for again at once
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) * 1000 / this.#options.perSecond);
  }

  #refill(): void {
    const { burst, perSecond, monotonic } = this.#options;
    const now = monotonic();
    this.#left = Math.min(burst, this.#left + (now - this.#at) * perSecond / 1000);
    this.#at = now;
  }
}
