/** Clusters of other checkouts on this host: they have the same names, and are not ours to end. */
import { dirname } from "node:path";
import { clusterPaths } from "./layout.ts";
import { machineOf } from "./machine.ts";
import { listProcesses, type Process } from "./processes.ts";

/** A cluster of that name runs from another checkout. */
export class ForeignClusterError extends Error {
  override readonly name = "ForeignClusterError";

  /** @param action what was to be done to `cluster`; @param folder where the running one keeps its data */
  constructor(action: string, readonly cluster: string, readonly folder: string) {
    super(`Cannot ${action} cluster "${cluster}": one of that name runs from ${folder}; take it down there first`);
  }
}

/**
 * Leaves alone what is somebody else's. A checkout that was deleted has no one to take its cluster down any more: that one may be removed.
 *
 * @param action such as `start`, for the message
 * @throws {ForeignClusterError} if another checkout has a cluster `name`
 */
export function refuseForeign(name: string, action: string): void {
  const own = clusterPaths(name).folder;
  for (const process of listProcesses()) {
    const machine = machineOf(process);
    if (machine === undefined || !machine.name.startsWith(`${name}-`)) continue;
    const folder = dirname(machine.folder);
    if (folder !== own && isThere(folder, process)) throw new ForeignClusterError(action, name, folder);
  }
}

/** Names of the machines among `processes` whose cluster's folder is gone. */
export function abandonedMachines(processes: readonly Process[]): string[] {
  return processes.flatMap((process) => {
    const machine = machineOf(process);
    return machine === undefined || isThere(dirname(machine.folder), process) ? [] : [machine.name];
  });
}

/** Whether `folder` is there, for us or for `process`, which may see other mounts. */
function isThere(folder: string, { pid }: Process): boolean {
  return [folder, `/proc/${pid}/root${folder}`].some(canSee);
}

function canSee(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || err instanceof Deno.errors.NotADirectory) return false;
    throw err;
  }
}
