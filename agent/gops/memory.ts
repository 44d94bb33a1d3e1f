import type { CollectionFacts, MemoryFacts } from "./reports.ts";

/** Reads the memory of this process from V8 and the runtime. */
export async function readMemory(collections: CollectionFacts): Promise<MemoryFacts> {
  const { getHeapSpaceStatistics, getHeapStatistics } = await import("node:v8");
  const { rss, external } = Deno.memoryUsage();
  return { rss, external, heap: getHeapStatistics(), spaces: getHeapSpaceStatistics(), collections };
}
