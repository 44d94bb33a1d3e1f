import { formatDuration } from "./progress.ts";

/** How to wait. */
export interface WaitOptions {
  /** What is waited for, after "Cannot …". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Between two looks, in milliseconds. @default 100 */
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** What the condition said last is in the message; this adds more, such as the end of a log. */
  readonly explain?: () => Promise<string>;
}

/** A condition that did not come true in time. */
export class WaitError extends Error {
  override readonly name = "WaitError";
}

/**
 * Waits until `look` gives `undefined`; what it gives before says what is missing.
 *
 * @throws {WaitError} when time is up
 * @throws the reason of `signal` when it is aborted
 */
export async function waitUntil(
  look: () => string | undefined | Promise<string | undefined>,
  { what, timeoutMs, everyMs = 100, signal, explain }: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    signal?.throwIfAborted();
    const missing = await look();
    if (missing === undefined) return;
    if (performance.now() > deadline) {
      const more = explain === undefined ? "" : `\n${await explain()}`;
      throw new WaitError(`Cannot ${what} within ${formatDuration(timeoutMs)}: ${missing}${more}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
