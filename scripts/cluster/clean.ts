/**
 * Removes machines and all that belongs to them, whatever state they are in. They are found by their names, not by notes that a crash may
 * have lost.
 */
import { deleteNamedNetns, NETNS_FOLDER } from "../../net/host/mod.ts";
import { cgroupProcesses, listCgroups, removeCgroup } from "./cgroups.ts";
import { exists, listNames, removeTree } from "./files.ts";
import { clusterPaths } from "./layout.ts";
import { abandonedMachines, refuseForeign } from "./foreign.ts";
import { machineOf } from "./machine.ts";
import { listProcesses, signalProcess } from "./processes.ts";
import { waitUntil } from "./wait.ts";

/** Time for killed processes to end, in milliseconds. */
const END_MS = 120_000;

/** Tells which machines are meant. @param name of a machine, of its network namespace and of its cgroup */
export type MachineFilter = (name: string) => boolean;

/**
 * Ends and removes cluster `name`. Nothing of it is there: fine.
 *
 * @throws {ForeignClusterError} if another checkout has one of this name
 * @throws {WaitError} if something does not end
 */
export async function removeCluster(name: string): Promise<void> {
  const { folder } = clusterPaths(name);
  refuseForeign(name, "remove");
  await removeMachines(partOf(name));
  await removeTree(folder);
  await removeIfEmpty(folder.slice(0, folder.lastIndexOf("/")));
}

/** Ends machines and removes their network namespaces and cgroups. @throws {WaitError} if something does not end */
export async function removeMachines(isMeant: MachineFilter): Promise<void> {
  await killProcesses(isMeant);
  for (const netns of await namedNetnses(isMeant)) deleteNamedNetns(netns);
  for (const cgroup of listCgroups().filter(isMeant)) await removeCgroup(cgroup);
}

/** Ends machines of checkouts that were deleted while their clusters ran: nobody else would. @throws {WaitError} */
export async function removeAbandoned(): Promise<void> {
  const abandoned = new Set(abandonedMachines(listProcesses()));
  if (abandoned.size > 0) await removeMachines((name) => abandoned.has(name));
}

/** What is left of cluster `name` on this host, one line each. */
export async function remainsOf(name: string): Promise<string[]> {
  const { folder } = clusterPaths(name);
  const isMeant = partOf(name);
  return [
    ...machineProcesses(isMeant).map((pid) => `process ${pid}`),
    ...(await namedNetnses(isMeant)).map((netns) => `network namespace ${netns}`),
    ...listCgroups().filter(isMeant).map((cgroup) => `cgroup ${cgroup}`),
    ...(await exists(folder) ? [`folder ${folder}`] : []),
  ];
}

function partOf(cluster: string): MachineFilter {
  return (name) => name.startsWith(`${cluster}-`);
}

async function killProcesses(isMeant: MachineFilter): Promise<void> {
  const alive = () => {
    const pids = machineProcesses(isMeant);
    for (const pid of pids) signalProcess(pid, "SIGKILL");
    return pids.length === 0 ? undefined : `processes ${pids.join(", ")} still run`;
  };
  await waitUntil(alive, { what: "end machines", timeoutMs: END_MS, everyMs: 30 });
}

/** First processes of machines, their guards, and whatever is in the machines' cgroups. */
function machineProcesses(isMeant: MachineFilter): number[] {
  const machines = listProcesses().filter((process) => {
    const machine = machineOf(process);
    return machine !== undefined && isMeant(machine.name);
  });
  const pids = [...machines.map(({ pid }) => pid), ...listCgroups().filter(isMeant).flatMap(cgroupProcesses)];
  return [...new Set(pids)].filter((pid) => pid !== Deno.pid);
}

async function namedNetnses(isMeant: MachineFilter): Promise<string[]> {
  return (await listNames(NETNS_FOLDER)).filter(isMeant);
}

async function removeIfEmpty(folder: string): Promise<void> {
  if (await exists(folder) && (await listNames(folder)).length === 0) await Deno.remove(folder);
}
