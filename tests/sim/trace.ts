import type { Clock } from "../../net/base/clock.ts";

const KEPT = 20_000;

/** What happened, in order: the last lines as text, and a hash over all of them. */
export class Trace {
  /** Whether lines are kept and hashed; without, a run is a tenth faster, and costly texts need not be made. */
  readonly isKept: boolean;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #lines: string[] = [];
  #count = 0;
  #hash = 0x811c9dc5;

  constructor(clock: Clock, { isKept = true }: { isKept?: boolean } = {}) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.isKept = isKept;
  }

  /** Notes that `who` did `what`. */
  add(who: string, what: string): void {
    this.#count++;
    if (!this.isKept) return;
    const at = ((this.#clock.now() - this.#startMs) / 1000).toFixed(4);
    const line = `${at.padStart(10)} ${who.padEnd(8)} ${what}`;
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT) this.#lines.splice(0, KEPT);
  }

  /** The last `count` lines; with `about`, the last ones that contain one of these texts. */
  tail(count: number, about: readonly string[] = []): readonly string[] {
    const lines = about.length === 0
      ? this.#lines
      : this.#lines.filter((line) => about.some((text) => line.includes(text)));
    return lines.slice(-count);
  }

  /** Lines so far, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** FNV-1a over all lines: the same for the same run. */
  get hash(): string {
    return `${this.#count}-${(this.#hash >>> 0).toString(16)}`;
  }
}
