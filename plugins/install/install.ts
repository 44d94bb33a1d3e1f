import { join } from "node:path";
import { parseChecksums } from "./checksums.ts";
import { checksumsFile, libraryFolder } from "./names.ts";
import { placeFile, temporarySuffix } from "./place_file.ts";

/** What {@linkcode installPlugins} does. */
export interface InstallOptions {
  /** Folder of a build. */
  readonly from: string;
  /** CNI folder of the node. */
  readonly to: string;
  /** Plugins of that build. */
  readonly names: readonly string[];
}

/** What has changed in the CNI folder; paths below it. */
export interface InstallReport {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Installs plugins while others run them. What a launcher needs is there before the launcher, which is replaced at once;
 * what the replaced one needs stays for a call that has just read it, until the next installation. One installation runs at a
 * time, and one that was interrupted is finished by the next.
 *
 * @throws {DamagedFileError} if a file is not what the build's list says
 * @throws {Error} if the build has no such plugin
 */
export function installPlugins({ from, to, names }: InstallOptions): InstallReport {
  const digests = parseChecksums(Deno.readTextFileSync(join(from, checksumsFile)));
  Deno.mkdirSync(to, { recursive: true, mode: 0o755 });
  using folder = Deno.openSync(to);
  folder.lockSync(true);
  const before = names.map((name) => launcherAt(join(to, name)));
  const after = names.map((name) => launcherAt(join(from, name)));
  const library = [...digests.keys()].filter((path) => isLibrary(path) && isNamedIn(path, after));
  const written = [...library, ...names].filter((path) => {
    const digest = digests.get(path);
    if (digest === undefined) throw new Error(`Cannot install ${path}: ${join(from, checksumsFile)} does not list it`);
    Deno.mkdirSync(join(to, path, ".."), { recursive: true, mode: 0o755 });
    return placeFile({ from: join(from, path), to: join(to, path), digest });
  });
  return { written, removed: removeUnused(to, { launchers: [...before, ...after], names }) };
}

function isLibrary(path: string): boolean {
  return path.startsWith(`${libraryFolder}/`);
}

/** Whether one of `launchers` starts the file `path`; their names hold digests, so no other text looks like them. */
function isNamedIn(path: string, launchers: readonly string[]): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return launchers.some((text) => text.includes(name));
}

/** The text of a launcher; empty for what is no script or not there. */
function launcherAt(path: string): string {
  try {
    using file = Deno.openSync(path);
    const start = new Uint8Array(64 * 1024);
    const text = new TextDecoder().decode(start.subarray(0, file.readSync(start) ?? 0));
    return text.startsWith("#!") ? text : "";
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return "";
    throw err;
  }
}

interface InUse {
  readonly launchers: readonly string[];
  readonly names: readonly string[];
}

/** Removes files of the library that no launcher starts, and what an interrupted installation left. */
function removeUnused(to: string, { launchers, names }: InUse): string[] {
  const left = filesIn(to).filter((name) => names.some((plugin) => name === `${plugin}${temporarySuffix}`));
  const unused = filesIn(join(to, libraryFolder))
    .filter((name) => !isNamedIn(name, launchers))
    .map((name) => `${libraryFolder}/${name}`);
  const removed = [...left, ...unused];
  for (const path of removed) Deno.removeSync(join(to, path));
  return removed;
}

function filesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}
