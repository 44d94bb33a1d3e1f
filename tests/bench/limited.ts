/**
 * Runs `task` for each item, at most `limit` at a time, in order of their start.
 *
 * @throws what the first task to fail throws, once those that run have ended; no other is started
 */
export async function forEachLimited<T>(
  items: Iterable<T>,
  limit: number,
  task: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: limit }, () => work()));
  if (failures.length > 0) throw failures[0];

  async function work(): Promise<void> {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next()) {
      await task(next.value).catch((err) => failures.push(err));
    }
  }
}
