import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What builds fetched or made once: base binaries, Deno's, packages of the distribution. Git ignores it. */
export const buildCache = join(repository, ".cache", "build");

/** Calls `use` with a new folder that is gone afterwards. */
export async function withTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "spiderpool-build-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
