/**
 * Bytes that the large bodies of all connections may take together. Small ones are not counted: their number is bounded
 * by that of connections, and a plugin's request is one.
 */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes `bytes` more. @returns whether there were so many */
  tryTake(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }

  /** Gives `bytes` back that were taken. */
  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
