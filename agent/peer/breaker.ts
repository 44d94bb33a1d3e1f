import { fullJitter } from "../../net/base/backoff.ts";
import type { Random } from "../../net/base/random.ts";
import type { Monotonic } from "./contract.ts";

/** Times that a peer is left out, in milliseconds: growing, half of each random, within these bounds. */
const LEFT_OUT = { baseMs: 1_000, capMs: 60_000 };

/** What a {@linkcode Breaker} works with. */
export interface BreakerDeps {
  readonly monotonic: Monotonic;
  readonly random: Random;
}

/** Leaves a peer out for a while after it failed, longer each time, until it has answered again. */
export class Breaker {
  readonly #deps: BreakerDeps;
  #failures = 0;
  #untilMs = -Infinity;
  #isOpen = false;

  constructor(deps: BreakerDeps) {
    this.#deps = deps;
  }

  /** Whether the peer is to be left out. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether it is time to see whether a peer that is left out answers again. */
  get isProbeDue(): boolean {
    return this.#isOpen && this.#deps.monotonic() >= this.#untilMs;
  }

  /** The peer failed. */
  trip(): void {
    const { monotonic, random } = this.#deps;
    const { baseMs, capMs } = LEFT_OUT;
    const most = Math.min(capMs, baseMs * 2 ** Math.min(this.#failures, 30));
    this.#untilMs = monotonic() + most / 2 + fullJitter(0, { baseMs: most / 2, capMs, random });
    this.#failures++;
    this.#isOpen = true;
  }

  /** The peer answered. */
  close(): void {
    this.#isOpen = false;
    this.#failures = 0;
  }
}
