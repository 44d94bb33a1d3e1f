import { systemClock } from "../../net/base/clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { systemRandom } from "../../net/base/random.ts";
import { createIpam, FileJournal } from "../../agent/ipam/mod.ts";
import { type CountingTransport, countingTransport } from "../../crd/kube/counting.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { Counts } from "./counts.ts";
import type { PodPools } from "./pools.ts";

/** A Pod that a measurement gives addresses to. */
export interface BenchPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Index of the agent on its node. */
  readonly agent: number;
  readonly pools: PodPools;
}

/** The agent of one node as its callers see it. */
export interface AddingAgent {
  add(pod: BenchPod, signal: AbortSignal): Promise<void>;
  release(pod: BenchPod, signal: AbortSignal): Promise<void>;
}

/** The agent of one node, whichever algorithm it has. */
export interface BenchAgent extends AddingAgent, AsyncDisposable {
  /** Requests since the last {@linkcode reset}. */
  counts(): Counts;
  reset(): void;
}

/** Makes the agent of a node. */
export type AgentMaker = (nodeName: string, transport: KubeTransport) => Promise<BenchAgent>;

/** Longest time an ADD or DEL is tried, in milliseconds: the agent's own default. */
const DEADLINE_MS = 30_000;
/** A tmpfs, as `/run` is on a node. */
const MEMORY_FOLDER = "/dev/shm";

/** The agent of this project, as the daemon builds it, journal included, but without its socket. */
export async function spiderpoolAgent(nodeName: string, transport: KubeTransport): Promise<BenchAgent> {
  const counting = countingTransport(transport, { countAnswers: false });
  const folder = await makeMemoryFolder();
  const ipam = createIpam({
    transport: counting,
    journal: await FileJournal.open(`${folder}/journal`, { log: silentLog }),
    config: configOf(nodeName),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    maxAllocatedIPs: 5000,
  });
  const stop = new AbortController();
  const running = ipam.run(stop.signal);
  await ipam.ready(stop.signal);
  return {
    async add(pod, signal) {
      await ipam.service.add({ ...attachmentOf(pod), ...poolNamesOf(pod) }, signal);
    },
    release: (pod, signal) => ipam.service.release(attachmentOf(pod), signal),
    ...countsOf(counting),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the measurement is over"));
      await running;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The counting half of a {@linkcode BenchAgent}. */
export function countsOf(counting: CountingTransport): Pick<BenchAgent, "counts" | "reset"> {
  return { counts: () => counting.counts(), reset: () => counting.reset() };
}

function configOf(nodeName: string) {
  return {
    nodeName,
    features: {
      enableIPv4: true,
      enableIPv6: true,
      enableSpiderSubnet: false,
      enableAutoPool: false,
      enableStatefulSet: true,
      enableKubevirt: false,
    },
    agentNamespace: "kube-system",
    enableIPConflictDetection: false,
    enableGatewayDetection: false,
    deadlineMs: DEADLINE_MS,
    waitForFreeMs: 1_000,
    maxHistory: 100,
  };
}

/** How a runtime names the Pod's attachment `eth0`. */
export function attachmentOf({ namespace, name, uid }: BenchPod) {
  return {
    containerID: `sandbox-${uid}`,
    ifName: "eth0",
    netNamespace: `/var/run/netns/${uid}`,
    podNamespace: namespace,
    podName: name,
    podUID: uid,
  };
}

/** How a request names the Pod's pools. */
export function poolNamesOf({ pools }: BenchPod) {
  return {
    defaultIPv4IPPool: pools[4] === undefined ? null : [pools[4]],
    defaultIPv6IPPool: pools[6] === undefined ? null : [pools[6]],
  };
}

/** Makes a folder in memory, where there is such a file system. */
export async function makeMemoryFolder(): Promise<string> {
  const hasMemoryFolder = await Deno.stat(MEMORY_FOLDER).then(({ isDirectory }) => isDirectory, () => false);
  return await Deno.makeTempDir({ prefix: "bench-", ...(hasMemoryFolder && { dir: MEMORY_FOLDER }) });
}
