/** The connections of a server while they are served. */
export class Connections {
  readonly #served = new Set<Promise<void>>();
  #ended: PromiseWithResolvers<void> | undefined;

  get size(): number {
    return this.#served.size;
  }

  /** Counts a connection until `served` settles. */
  add(served: Promise<void>): void {
    const counted = served.finally(() => {
      this.#served.delete(counted);
      this.wake();
    });
    this.#served.add(counted);
  }

  /** Resolves when the next one has ended. One promise for all who wait: a race of thousands would leave traces in each. */
  nextEnd(): Promise<void> {
    this.#ended ??= Promise.withResolvers<void>();
    return this.#ended.promise;
  }

  /** Lets those go on who wait for {@linkcode nextEnd}. */
  wake(): void {
    this.#ended?.resolve();
    this.#ended = undefined;
  }

  /** Resolves when all that are there now have ended. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#served);
  }
}
