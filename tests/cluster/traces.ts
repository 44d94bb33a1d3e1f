/** What a cluster could leave on this machine, read so that two readings can be compared. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { systemClock } from "../../net/base/clock.ts";
import { remainsOf } from "../../scripts/cluster/mod.ts";
import { runTool } from "../shared/run_tool.ts";

/** Folders the programs of a node write to where nobody stops them. */
const standardFolders = [
  "/etc/cni",
  "/etc/cni/net.d",
  "/etc/kubernetes",
  "/opt/cni",
  "/run/containerd",
  "/var/lib/cni",
  "/var/lib/containerd",
  "/var/lib/etcd",
  "/var/lib/kubelet",
  "/var/log/containers",
  "/var/log/pods",
];

/** What there is, by kind. */
export type Traces = Readonly<Record<string, readonly string[]>>;

/** How long the kernel may take to remove links and mounts of what has ended, in milliseconds. */
const SOON_MS = 60_000;

/** Fails if there is anything else than `before`, and stays so. */
export async function assertTraces(cluster: string, before: Traces): Promise<void> {
  const untilMs = performance.now() + SOON_MS;
  let now = await readTraces(cluster);
  while (!isDeepStrictEqual(now, before) && performance.now() < untilMs) {
    await systemClock.sleep(200);
    now = await readTraces(cluster);
  }
  assert.deepEqual(now, before);
}

/** Reads all of it; two readings are equal when nothing was left between them. */
export async function readTraces(cluster: string): Promise<Traces> {
  return {
    remains: await remainsOf(cluster),
    mounts: linesOf(Deno.readTextFileSync("/proc/self/mountinfo")).filter((line) => line.includes(`${cluster}-`)),
    links: linesOf(runTool("ip", ["-br", "link"])).map((line) => line.split(/\s+/)[0] ?? ""),
    addresses: linesOf(runTool("ip", ["-br", "address"])),
    routes: linesOf(runTool("ip", ["route", "show", "table", "all"])),
    folders: standardFolders.flatMap((folder) => listing(folder).map((name) => `${folder}/${name}`)),
  };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "").sort();
}

/** Names in a folder, itself as ".", nothing if it is not there. */
function listing(folder: string): string[] {
  try {
    return [".", ...[...Deno.readDirSync(folder)].map(({ name }) => name).sort()];
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return [];
    throw err;
  }
}
