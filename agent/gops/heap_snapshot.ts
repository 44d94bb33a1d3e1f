import { join } from "node:path";

/** Name of the one snapshot that is kept. */
const FILE = "spiderpool-agent.heapsnapshot";

/**
 * Writes all objects of this process for the memory panel of Chrome's DevTools, in place of the snapshot before. Stands
 * still meanwhile, about a second for each 100 MB of heap. The file holds secrets: only its owner reads it.
 *
 * @param folder must exist
 * @returns path and length in bytes
 * @throws {Error} when the file cannot be written; nothing is left of it then
 */
export async function writeHeapSnapshot(folder: string): Promise<{ readonly path: string; readonly bytes: number }> {
  const path = join(folder, FILE);
  const part = `${path}.part`;
  const { writeHeapSnapshot } = await import("node:v8");
  try {
    await Deno.remove(part).catch(ignoreMissing);
    (await Deno.open(part, { createNew: true, write: true, mode: 0o600 })).close(); // V8 keeps the mode of what is there
    writeHeapSnapshot(part);
    await Deno.rename(part, path);
  } catch (err) {
    await Deno.remove(part).catch(ignoreMissing);
    throw new Error(`Cannot write heap snapshot ${path}: ${err instanceof Error ? err.message : err}`, { cause: err });
  }
  return { path, bytes: (await Deno.stat(path)).size };
}

function ignoreMissing(err: unknown): void {
  if (!(err instanceof Deno.errors.NotFound)) throw err;
}
