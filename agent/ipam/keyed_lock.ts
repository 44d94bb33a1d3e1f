import { abortable } from "../../net/base/abort.ts";

/** Lets one task a key run at a time, in the order they came. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Whether a task of `key` runs or waits. */
  isHeld(key: string): boolean {
    return this.#tails.has(key);
  }

  /**
   * Runs `task` when every earlier task of `key` has ended.
   *
   * @param signal gives up waiting; a running task is not interrupted by it
   * @throws `signal.reason`, or what `task` throws
   */
  async run<T>(key: string, task: () => Promise<T>, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const tail = before.then(() => ended);
    this.#tails.set(key, tail);
    try {
      await abortable(before, signal);
      return await task();
    } finally {
      end();
      // Whoever gave up waiting is out of the queue only when those before it have ended.
      void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key));
    }
  }
}
