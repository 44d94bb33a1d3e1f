import type { Clock } from "../../net/base/clock.ts";
import type { Monotonic } from "./contract.ts";

/** Two clocks that differ by so many milliseconds more than at the last look: one of them stood still or was set. */
const MAX_JUMP_MS = 100;

/** What a {@linkcode CommitterClock} reads. */
export interface CommitterClockDeps {
  readonly clock: Clock;
  readonly monotonic: Monotonic;
  /** Makes the name of an epoch: no two of all agents, ever. @default a random UUID */
  readonly newEpoch?: () => string;
}

/**
 * The time in which a committer's requests end. It counts from the start of an epoch; a process that starts, and one
 * whose clocks disagree (it was suspended, or somebody set one), begins a new epoch: requests of an older one are over.
 */
export class CommitterClock {
  readonly #deps: CommitterClockDeps;
  #epoch: string;
  #startedAt: number;
  #differenceMs: number;

  constructor(deps: CommitterClockDeps) {
    this.#deps = deps;
    this.#epoch = this.#name();
    this.#startedAt = deps.monotonic();
    this.#differenceMs = deps.clock.now() - this.#startedAt;
  }

  /** Epoch and milliseconds since its start. */
  read(): { readonly epoch: string; readonly nowMs: number } {
    const { clock, monotonic } = this.#deps;
    const now = monotonic();
    const differenceMs = clock.now() - now;
    if (Math.abs(differenceMs - this.#differenceMs) > MAX_JUMP_MS) {
      this.#epoch = this.#name();
      this.#startedAt = now;
    }
    this.#differenceMs = differenceMs; // a clock that is slewed drifts off slowly: that is no jump
    return { epoch: this.#epoch, nowMs: now - this.#startedAt };
  }

  /** Whether a request must not be worked on any more. `notAfterMs` counts from the start of `epoch`. */
  isOver({ epoch, notAfterMs }: { readonly epoch: string; readonly notAfterMs: number }): boolean {
    const { epoch: current, nowMs } = this.read();
    return epoch !== current || !(nowMs < notAfterMs);
  }

  #name(): string {
    return (this.#deps.newEpoch ?? randomName)();
  }
}

function randomName(): string {
  return crypto.randomUUID();
}
