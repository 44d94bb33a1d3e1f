import { anySignal } from "../../net/base/any_signal.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { IpamError } from "../../crd/ipam/errors.ts";

/** Until when a request is worked on. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** Aborted a little after the deadline, or when the caller has gone. */
  readonly signal: AbortSignal;
}

/**
 * How much later than the deadline the signal is aborted, in milliseconds: who waits for a pool's write is told at the
 * deadline what the write failed of, and the signal ends only what does not look at the clock.
 */
const SLACK_MS = 200;

/** Why the sleep until the deadline is cut short; made once, a DOMException for each request costs more. */
const inTime = new Error("Cannot sleep on: the request was done in time");

/** A request was not done in time. */
export class LateError extends IpamError {
  readonly #options: { readonly ms: number; readonly action: string };

  /** @param cause the last thing that went wrong, if anything did */
  constructor(options: { readonly ms: number; readonly action: string }, cause?: unknown) {
    const last = cause instanceof Error ? `, last: ${cause.message}` : "";
    super("retries-exhausted", `nothing came of it within ${options.ms} ms${last}`, { action: options.action, cause });
    this.#options = options;
  }

  /** This error, with what went wrong last. */
  because(cause: unknown): LateError {
    return new LateError(this.#options, cause);
  }
}

/** The reason of an aborted signal; a deadline that passed says what went wrong before. */
export function reasonWith(signal: AbortSignal, cause: unknown): unknown {
  const { reason } = signal;
  return reason instanceof LateError && cause !== undefined ? reason.because(cause) : reason;
}

/**
 * Runs `task` with a deadline of `ms` milliseconds from now.
 *
 * @param options `signal` is the caller's; `action` opens the error's message
 * @throws {LateError} as the signal's reason, if `task` heeds it
 */
export async function withDeadline<T>(
  { clock, ms, signal, action }: { clock: Clock; ms: number; signal: AbortSignal; action: string },
  task: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(ms + SLACK_MS, done.signal).then(() => late.abort(new LateError({ ms, action })), () => undefined);
  using either = anySignal([signal, late.signal]);
  try {
    return await task({ deadlineMs: steadyNow(clock) + ms, signal: either.signal });
  } finally {
    done.abort(inTime);
  }
}
