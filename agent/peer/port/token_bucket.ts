import type { Monotonic } from "../contract.ts";

/** Lets so many things happen at once, and so many a second after that. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #monotonic: Monotonic;
  #left: number;
  #at: number;

  constructor({ burst, perSecond, monotonic }: { burst: number; perSecond: number; monotonic: Monotonic }) {
    this.#burst = this.#left = burst;
    this.#perSecond = perSecond;
    this.#monotonic = monotonic;
    this.#at = monotonic();
  }

  /** Whether one more may happen now. */
  take(): boolean {
    const now = this.#monotonic();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#perSecond / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
