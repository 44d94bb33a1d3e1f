import { join } from "node:path";

/**
 * Tells the gops client of this user the port of process `pid`: a file named after it, mode 0600, in a folder of mode 0700.
 * A file that a process with the same number left is replaced.
 *
 * @returns what removes it
 * @throws {Error} when it cannot be written
 */
export async function writePortFile(
  folder: string,
  { pid, port }: { readonly pid: number; readonly port: number },
): Promise<() => Promise<void>> {
  const path = join(folder, String(pid));
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await remove(path); // it might be a link, or have another mode
  await Deno.writeTextFile(path, String(port), { createNew: true, mode: 0o600 });
  return () => remove(path);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
  }
}
