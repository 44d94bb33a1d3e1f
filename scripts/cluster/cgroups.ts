/** Control groups by their file system, version 1 and 2. */
import { removeLater } from "./remove_later.ts";

const mountPoint = "/sys/fs/cgroup";

/** Roots of all hierarchies: one with version 2, one for each controller with version 1. */
export function cgroupRoots(): string[] {
  if (isFolder(mountPoint) && isFile(`${mountPoint}/cgroup.procs`)) return [mountPoint];
  if (!isFolder(mountPoint)) return [];
  return [...Deno.readDirSync(mountPoint)]
    .filter(({ name, isDirectory }) => isDirectory && isFile(`${mountPoint}/${name}/cgroup.procs`))
    .map(({ name }) => `${mountPoint}/${name}`);
}

/** Folders of cgroup `path` in all hierarchies that have it. */
export function cgroupFolders(path: string): string[] {
  return cgroupRoots().map((root) => `${root}/${path}`).filter(isFolder);
}

/** Names of top cgroups of any hierarchy. */
export function listCgroups(): string[] {
  const folders = cgroupRoots().flatMap((root) => [...Deno.readDirSync(root)]).filter(({ isDirectory }) => isDirectory);
  return [...new Set(folders.map(({ name }) => name))].sort();
}

/** Processes of a cgroup and all below it, as the host sees them. */
export function cgroupProcesses(path: string): number[] {
  const pids = cgroupFolders(path).flatMap(subtree).flatMap((folder) => {
    const text = Deno.readTextFileSync(`${folder}/cgroup.procs`);
    return text.split("\n").filter((line) => line !== "").map(Number);
  });
  return [...new Set(pids)].filter((pid) => pid > 0);
}

/** Removes a cgroup with all below it; its processes must have ended. Waits a little for the kernel to notice that they have. */
export async function removeCgroup(path: string): Promise<void> {
  for (const folder of cgroupFolders(path).flatMap(subtree)) await removeLater(folder);
}

/** A folder and all below it, the deepest first. */
function subtree(folder: string): string[] {
  const below = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory);
  return [...below.flatMap(({ name }) => subtree(`${folder}/${name}`)), folder];
}

function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory === true;
}

function isFile(path: string): boolean {
  return kindOf(path)?.isFile === true;
}

function kindOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || err instanceof Deno.errors.NotADirectory) return undefined;
    throw err;
  }
}
