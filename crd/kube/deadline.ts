import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { KubeTimeoutError } from "./errors.ts";

/** Why a sleep is cut short. Made once: `abort()` without a reason makes a DOMException and its stack for each request. */
const cancelled = new Error("Cannot sleep on: the request has ended or has another deadline");

/** Options of {@linkcode Deadline}. */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** Milliseconds from now. */
  readonly timeoutMs: number;
  /** Ends earlier, with its own reason. */
  readonly signal?: AbortSignal | undefined;
  /** For the error: `GET /api/v1/pods`. */
  readonly request: string;
}

/** A signal that is aborted with a {@linkcode KubeTimeoutError} when time is up, or with the reason of another signal. */
export class Deadline {
  readonly #clock: Clock;
  readonly #request: string;
  readonly #parent: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #timer = new AbortController();
  #timeoutMs: number;
  #due: number;
  #wakeAt = 0;

  constructor({ clock, timeoutMs, signal, request }: DeadlineOptions) {
    this.#clock = clock;
    this.#request = request;
    this.#parent = signal;
    this.#timeoutMs = timeoutMs;
    this.#due = steadyNow(clock) + timeoutMs;
    signal?.addEventListener("abort", this.#follow, { once: true });
    if (signal?.aborted) this.#follow();
    else void this.#sleep();
  }

  /** Aborted when the deadline has come. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives another `timeoutMs` from now. */
  restart(timeoutMs: number): void {
    if (this.#timer.signal.aborted || this.signal.aborted) return;
    this.#timeoutMs = timeoutMs;
    this.#due = steadyNow(this.#clock) + timeoutMs;
    if (this.#due >= this.#wakeAt) return; // the sleeper finds out when it wakes
    this.#timer.abort(cancelled);
    this.#timer = new AbortController();
    void this.#sleep();
  }

  /** Stops the timer; the signal stays as it is. */
  [Symbol.dispose](): void {
    this.#timer.abort(cancelled);
    this.#parent?.removeEventListener("abort", this.#follow);
  }

  async #sleep(): Promise<void> {
    const { signal } = this.#timer;
    for (let leftMs = this.#left(); leftMs > 0; leftMs = this.#left()) {
      this.#wakeAt = this.#due;
      await this.#clock.sleep(leftMs, signal).catch(ignoreCancelled);
      if (signal.aborted) return;
    }
    this.#controller.abort(new KubeTimeoutError(this.#request, this.#timeoutMs));
  }

  #left(): number {
    return this.#due - steadyNow(this.#clock);
  }

  readonly #follow = (): void => {
    this.#timer.abort(cancelled);
    this.#controller.abort(this.#parent?.reason);
  };
}

function ignoreCancelled(): void {
  // The request ended in time, or another timer took over.
}
