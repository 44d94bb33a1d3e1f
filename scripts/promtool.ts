import { join } from "node:path";
import { repository, withTempFolder } from "./build/folders.ts";
import { unpackPackages } from "./image/debian.ts";
import { printLine } from "./print.ts";
import { makeOnce } from "./vm/cache.ts";

/** Debian's package that has it, beside a server that is not wanted: so it is unpacked, not installed. */
const PACKAGE = "prometheus";

const folder = join(repository, ".cache", "promtool");

/** Where `promtool` is: in a folder of `PATH`, or where {@linkcode preparePromtool} has put it. */
export function findPromtool(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((path) => path !== "");
  return [...folders, folder].map((path) => join(path, "promtool")).find(isFile);
}

/** Fetches `promtool` unless it is there. What stays missing makes its tests skip. */
export async function preparePromtool(): Promise<void> {
  if (findPromtool() !== undefined) return;
  printLine("prepare: fetching promtool of Debian's prometheus (20 MB, once)");
  try {
    await makeOnce(folder, async (to) =>
      await withTempFolder(async (unpacked) => {
        await unpackPackages([PACKAGE], { cacheDir: join(unpacked, "packages"), to: unpacked });
        await Deno.copyFile(join(unpacked, "usr/bin/promtool"), join(to, "promtool"));
      }));
  } catch (err) {
    printLine(`prepare: ${err instanceof Error ? err.message : err}; what needs promtool is skipped`);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // absent or not readable: not usable either way
  }
}

if (import.meta.main) await preparePromtool();
