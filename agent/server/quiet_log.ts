import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log, LogFields } from "../../net/base/log.ts";

/** How much is written of what may happen thousands of times a second. */
export interface QuietLogOptions {
  /** Gets the number of lines that were left out. */
  readonly log: Log;
  readonly clock: Clock;
  /** Lines of a window. @default 100 */
  readonly most?: number;
  /** Length of a window, in milliseconds. @default 10000 */
  readonly windowMs?: number;
}

/**
 * Lets a bounded number of lines through, and counts the others: a caller that is refused ten thousand times a second must
 * not fill a disk. Before the first line after a window it is said how many of which were left out of it.
 */
export class QuietLog {
  readonly #options: Required<QuietLogOptions>;
  #windowMs = -Infinity;
  #written = 0;
  /** How many by message; there are as many messages as calls in the code. */
  readonly #leftOut = new Map<string, number>();

  constructor({ log, clock, most = 100, windowMs = 10_000 }: QuietLogOptions) {
    this.#options = { log, clock, most, windowMs };
  }

  /** Writes a warning to `log`, if there is still room. */
  warn(log: Log, message: string, fields: LogFields): void {
    if (this.#isAllowed(message)) log.warn(message, fields);
  }

  /** Writes an error to `log`, if there is still room. */
  error(log: Log, message: string, fields: LogFields): void {
    if (this.#isAllowed(message)) log.error(message, fields);
  }

  #isAllowed(message: string): boolean {
    const { log, clock, most, windowMs } = this.#options;
    const sinceMs = steadyNow(clock) - this.#windowMs;
    if (sinceMs >= windowMs || sinceMs < 0) { // a clock that was set back begins a window, too
      for (const [message, count] of this.#leftOut) log.warn("left lines out of the log", { message, count });
      this.#windowMs = steadyNow(clock);
      this.#written = 0;
      this.#leftOut.clear();
    }
    if (this.#written >= most) {
      this.#leftOut.set(message, (this.#leftOut.get(message) ?? 0) + 1);
      return false;
    }
    this.#written++;
    return true;
  }
}
