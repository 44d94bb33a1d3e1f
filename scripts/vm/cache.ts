import { join } from "node:path";
import { repository } from "../build/folders.ts";

/** What the virtual machine is made of, once: kernels, images and the log of the last run. Git ignores it. */
export const vmCache = join(repository, ".cache", "vm");

/** Tells people what is being done. */
export type Say = (line: string) => void;

/**
 * Makes the folder `path` by `fill` unless it is there: what is there is whole. Two that make it at once do not disturb each
 * other.
 */
export async function makeOnce(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (await isFolder(path)) return;
  const partial = `${path}.${crypto.randomUUID()}.part`;
  await Deno.mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await Deno.rename(partial, path);
  } catch (err) {
    await Deno.remove(partial, { recursive: true });
    if (await isFolder(path)) return; // another was quicker: what it made is as good
    throw err;
  }
}

/** After this time nobody fills a folder any more, in milliseconds: who did was killed. */
const STALE_MS = 3_600_000;

/** Removes the folders in {@linkcode vmCache} that begin with `prefix`, except `kept` and what is just being made. */
export async function removeOthers(prefix: string, kept: string): Promise<void> {
  for await (const { name } of Deno.readDir(vmCache)) {
    const path = join(vmCache, name);
    if (name.startsWith(prefix) && path !== kept && await isDone(path)) await Deno.remove(path, { recursive: true });
  }
}

async function isDone(path: string): Promise<boolean> {
  if (!path.endsWith(".part")) return true;
  const { mtime } = await Deno.stat(path);
  return Date.now() - (mtime?.getTime() ?? 0) > STALE_MS;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}
