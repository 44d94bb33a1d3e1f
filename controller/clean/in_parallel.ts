/**
 * Runs `run` for each item, at most `limit` at a time, and waits for all.
 *
 * @throws what the first `run` that fails throws; no further item is started then, and those under way are waited for
 */
export async function inParallel<T>(
  items: readonly T[],
  { limit, run }: { readonly limit: number; readonly run: (item: T) => Promise<void> },
): Promise<void> {
  const rest = items.values();
  let failed = false;
  async function work(): Promise<void> {
    for (const item of rest) {
      if (failed) return;
      await run(item).catch((err) => {
        failed = true;
        throw err;
      });
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, work));
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
}
