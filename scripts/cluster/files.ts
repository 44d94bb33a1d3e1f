/** Small helpers around files. */

/** Whether something is at `path`. */
export async function exists(path: string): Promise<boolean> {
  return await unlessAbsent(Deno.lstat(path)) !== undefined;
}

/** Reads a text file; `undefined` if there is none. */
export async function tryReadText(path: string): Promise<string | undefined> {
  return await unlessAbsent(Deno.readTextFile(path));
}

/** Names in a folder; none if there is no such folder. */
export async function listNames(folder: string): Promise<string[]> {
  return await exists(folder) ? (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name) : [];
}

/** Removes `path` and all below it; nothing is there already: fine. */
export async function removeTree(path: string): Promise<void> {
  await unlessAbsent(Deno.remove(path, { recursive: true }));
}

/** Writes a file with its folder; readers see the old content or the new one. */
export async function writeWhole(path: string, { text, mode = 0o644 }: { text: string; mode?: number }): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const beside = `${path}.new`;
  await Deno.writeTextFile(beside, text, { mode });
  await Deno.rename(beside, path);
}

/** The last lines of a text file, for messages; empty if there is none. */
export async function tailOf(path: string, { lines = 15 }: { lines?: number } = {}): Promise<string> {
  return ((await tryReadText(path)) ?? "").trimEnd().split("\n").slice(-lines).join("\n");
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || err instanceof Deno.errors.NotADirectory) return undefined;
    throw err;
  }
}
