import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { Pace, type PaceOptions } from "./pace.ts";
import type { PoolRequest, RequestOptions } from "./requests.ts";
import { type Waiting, WaitingQueue } from "./waiting.ts";

/**
 * Requests that wait for one pool, and when their turn is: after a failure not at once, and where others write, too, not
 * always first. Who cannot wait that long is told in time.
 */
export class PacedQueue {
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #waiting = new WaitingQueue();
  /** When the turn began, in milliseconds of {@linkcode steadyNow}. */
  #turnAtMs = 0;
  /** Ends a pause when somebody comes, whose deadline may be earlier than everybody else's. */
  #alarm: AbortController | undefined;

  constructor(pool: string, options: PaceOptions) {
    this.#pool = pool;
    this.#clock = options.clock;
    this.#pace = new Pace(options);
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Appends a request; see {@linkcode WaitingQueue.push}. */
  push(request: PoolRequest, options: RequestOptions, arrived: number): Promise<unknown> {
    const outcome = this.#waiting.push(request, options, arrived);
    this.#alarm?.abort();
    return outcome;
  }

  /** Forgets what went wrong, unless the pause that it asked for still lasts. */
  forgive(): void {
    if (this.#pace.leftMs <= 0) this.#pace.reset();
  }

  /** Begins a turn: waits as long as the last failure asks for. */
  async turn(): Promise<void> {
    this.#dropLate();
    while (this.length > 0 && this.#pace.leftMs > 0) {
      const alarm = this.#alarm = new AbortController();
      const untilDeadlineMs = this.#waiting.earliestDeadlineMs - steadyNow(this.#clock);
      await this.#clock.sleep(Math.min(this.#pace.leftMs, untilDeadlineMs), alarm.signal).catch(() => undefined);
      this.#dropLate();
    }
    this.#turnAtMs = steadyNow(this.#clock);
  }

  /** Whether any of those who wait is such a one. */
  some(test: (item: Waiting) => boolean): boolean {
    return this.#waiting.some(test);
  }

  /** The next batch; deadlines are checked here, right before it is written. */
  takeLive(count: number): Waiting[] {
    this.#dropLate();
    return this.#waiting.take(count);
  }

  /** All who wait, be it late or not. */
  takeAll(): Waiting[] {
    return this.#waiting.take(Infinity);
  }

  /** Takes the requests that arrived before `arrived`. */
  takeBefore(arrived: number): Waiting[] {
    return this.#waiting.takeBefore(arrived);
  }

  /** `batch` waits again, at the front, for a turn that comes at once. */
  putBack(batch: readonly Waiting[]): void {
    this.#waiting.putBack(batch);
  }

  /** The turn failed with `err`: `batch` waits again, at the front, for a turn after a pause. */
  retry(err: unknown, batch: readonly Waiting[]): void {
    this.#pace.failed(err, this.#turnMs);
    this.#waiting.putBack(batch);
  }

  /** The turn has written: where others write, too, they are to have theirs. */
  wrote(): void {
    this.#pace.wrote(this.#turnMs);
  }

  /** The turn went well. */
  succeeded(): void {
    this.#pace.reset();
  }

  get #turnMs(): number {
    return Math.max(0, steadyNow(this.#clock) - this.#turnAtMs);
  }

  #dropLate(): void {
    this.#waiting.dropLate(steadyNow(this.#clock), { pool: this.#pool, lastError: this.#pace.lastError });
  }
}
