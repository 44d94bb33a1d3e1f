/** Everything that runs beside the driver: the first failure ends the simulation, and the end waits for all. */
export class Tasks {
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly err: unknown } | undefined;

  /** Lets `task` run on its own. */
  spawn(task: () => Promise<unknown>): void {
    const running: Promise<void> = task().catch((err) => this.fail(err)).then(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  /** Notes a failure; the first one counts. */
  fail(err: unknown): void {
    this.#failure ??= { err };
  }

  /** @throws what the first failing task threw */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.err;
  }

  /** Resolves when nothing runs any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }
}
