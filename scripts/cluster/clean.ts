/**
 * Removes all of a cluster, whatever state it is in. Things are found by their names, not by notes that a crash may have lost.
 */
import { deleteNamedNetns, NETNS_FOLDER } from "../../net/host/mod.ts";
import { cgroupProcesses, findCgroups, removeCgroup } from "./cgroups.ts";
import { exists, removeTree } from "./files.ts";
import { clusterPaths } from "./layout.ts";
import { machineOf } from "./machine.ts";
import { listProcesses, signalProcess } from "./processes.ts";
import { waitUntil } from "./wait.ts";

/** Time for killed processes to end, in milliseconds. */
const END_MS = 30_000;

/** Ends and removes cluster `name`. Nothing of it is there: fine. @throws {WaitError} if something does not end */
export async function removeCluster(name: string): Promise<void> {
  const { folder } = clusterPaths(name);
  const prefix = `${name}-`;
  await killMachines(prefix);
  for (const netns of namedNetnses(prefix)) deleteNamedNetns(netns);
  for (const cgroup of findCgroups(prefix)) await removeCgroup(cgroup);
  await removeTree(folder);
  await removeIfEmpty(folder.slice(0, folder.lastIndexOf("/")));
}

/** What is left of cluster `name` on this host, one line each. */
export async function remainsOf(name: string): Promise<string[]> {
  const { folder } = clusterPaths(name);
  const prefix = `${name}-`;
  return [
    ...machineProcesses(prefix).map((pid) => `process ${pid}`),
    ...namedNetnses(prefix).map((netns) => `network namespace ${netns}`),
    ...findCgroups(prefix).map((cgroup) => `cgroup ${cgroup}`),
    ...(await exists(folder) ? [`folder ${folder}`] : []),
  ];
}

/** Folder of the data of a running cluster `name`, told by its machines; `undefined` if none runs. */
export function folderInUse(name: string): string | undefined {
  for (const process of listProcesses()) {
    const machine = machineOf(process);
    if (machine?.name.startsWith(`${name}-`)) return machine.folder.slice(0, machine.folder.lastIndexOf("/"));
  }
  return undefined;
}

async function killMachines(prefix: string): Promise<void> {
  const alive = () => {
    const pids = machineProcesses(prefix);
    for (const pid of pids) signalProcess(pid, "SIGKILL");
    return pids.length === 0 ? undefined : `processes ${pids.join(", ")} still run`;
  };
  await waitUntil(alive, { what: `end the machines of ${prefix.slice(0, -1)}`, timeoutMs: END_MS, everyMs: 30 });
}

/** First processes of machines, their guards, and whatever is in the machines' cgroups. */
function machineProcesses(prefix: string): number[] {
  const machines = listProcesses().filter((process) => machineOf(process)?.name.startsWith(prefix)).map(({ pid }) => pid);
  return [...new Set([...machines, ...findCgroups(prefix).flatMap(cgroupProcesses)])].filter((pid) => pid !== Deno.pid);
}

function namedNetnses(prefix: string): string[] {
  try {
    return [...Deno.readDirSync(NETNS_FOLDER)].map(({ name }) => name).filter((name) => name.startsWith(prefix));
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return []; // nobody ever made one here
    throw err;
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  if (await exists(folder) && Deno.readDirSync(folder)[Symbol.iterator]().next().done === true) await Deno.remove(folder);
}
