import type { Monotonic } from "./contract.ts";

/** How much faster one clock may run than the other. NTP slews by at most 500 ppm on each side. */
const DRIFT = 0.001;
/** What was learned longer ago than this, in milliseconds, is asked again: the drift would eat the time that is left. */
const MAX_AGE_MS = 60_000;

/** A committer's clock as it says it. */
export interface ClockReading {
  /** Name of the committer's epoch. */
  readonly epoch: string;
  /** Milliseconds since the epoch's start. */
  readonly nowMs: number;
}

/** Until when a committer may work on a request, in its own time. */
export interface TimeLimit {
  readonly epoch: string;
  /** Milliseconds since the epoch's start. */
  readonly notAfterMs: number;
}

/**
 * What an asking agent knows of a committer's clock. Each answer carries its time `p`. When the answer arrives at `a` the
 * committer's clock shows `p` or more, so at a later `d` it shows at least `p + (d - a)`, whatever the network did.
 */
export class CommitterTime {
  readonly #monotonic: Monotonic;
  #known: { readonly reading: ClockReading; readonly arrivedMs: number } | undefined;

  constructor(monotonic: Monotonic) {
    this.#monotonic = monotonic;
  }

  /** The committer's epoch; `undefined` if its clock is not known (any more). */
  get epoch(): string | undefined {
    const isFresh = this.#known !== undefined && this.#monotonic() - this.#known.arrivedMs <= MAX_AGE_MS;
    return isFresh ? this.#known?.reading.epoch : undefined;
  }

  /** An answer arrived just now. The newest counts; within an epoch one that says less than is known does not. */
  learn(reading: ClockReading): void {
    const arrivedMs = this.#monotonic();
    const least = reading.epoch === this.epoch ? this.#leastAt(arrivedMs) : undefined;
    if (least === undefined || reading.nowMs >= least) this.#known = { reading, arrivedMs };
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#known = undefined;
  }

  /**
   * A limit that has passed for sure at `endMs` of this agent's monotonic clock.
   *
   * @returns `undefined` if the committer's clock is not known (any more)
   */
  limitAt(endMs: number): TimeLimit | undefined {
    const { epoch } = this;
    const notAfterMs = this.#leastAt(endMs);
    return epoch === undefined || notAfterMs === undefined ? undefined : { epoch, notAfterMs };
  }

  /** The least that the committer's clock shows at `atMs`. */
  #leastAt(atMs: number): number | undefined {
    if (this.#known === undefined) return undefined;
    const { reading, arrivedMs } = this.#known;
    return Math.floor(reading.nowMs + (atMs - arrivedMs) * (1 - DRIFT));
  }
}
