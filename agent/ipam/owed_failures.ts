import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { OwedDel } from "./owed_dels.ts";

/**
 * Since when owed DELs fail. One that waits for a Pod that lives has not failed, and one that fails again has failed since
 * the first time. Ends with the process: what fails is looked at every 30 seconds.
 */
export class OwedFailures {
  readonly #clock: Clock;
  /** When each first failed, in steady milliseconds, by the name of its note. */
  readonly #since = new Map<string, number>();
  #unreadableSince: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the one that has failed for longest has, in milliseconds; 0 where none fails. */
  get longestMs(): number {
    const now = steadyNow(this.#clock);
    return now - Math.min(now, this.#unreadableSince ?? now, ...this.#since.values());
  }

  /** The notes cannot be read. */
  unreadable(): void {
    this.#unreadableSince ??= steadyNow(this.#clock);
  }

  /** These are all notes there are: nothing is said of others any more. */
  among(dels: readonly Pick<OwedDel, "name">[]): void {
    this.#unreadableSince = undefined;
    const names = new Set(dels.map(({ name }) => name));
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
  }

  /** This one could not be carried out. */
  failed({ name }: Pick<OwedDel, "name">): void {
    if (!this.#since.has(name)) this.#since.set(name, steadyNow(this.#clock));
  }

  /** This one was carried out, or waits for the end of a Pod that lives. */
  passed({ name }: Pick<OwedDel, "name">): void {
    this.#since.delete(name);
  }
}
