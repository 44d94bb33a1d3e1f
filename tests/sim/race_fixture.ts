/** What tests of single races share: agents whose requests can be made to wait, and Pods that they serve. */
import assert from "node:assert/strict";
import { createIpam, MemoryJournal } from "../../agent/ipam/mod.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { abortable } from "../../net/base/abort.ts";
import { silentLog } from "../../net/base/log.ts";
import { type Random, seededRandom } from "../../net/base/random.ts";
import { Cluster, NAMESPACE } from "./cluster.ts";
import { drive } from "./scheduler.ts";
import { agentConfig } from "./agent_config.ts";
import { SimClock } from "./sim_clock.ts";

/** A way to the server that can let a request wait. */
class PausingTransport implements KubeTransport {
  /** What a request waits for; `undefined`: nothing. */
  pause: (request: KubeRequest) => Promise<void> | undefined = () => undefined;
  readonly #api: KubeTransport;

  constructor(api: KubeTransport) {
    this.#api = api;
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const pause = this.pause(request);
    if (pause !== undefined) await abortable(pause, request.signal);
    return await this.#api.request(request);
  }
}

/** An agent of one node, without faults of its own. */
export type RaceAgent = ReturnType<typeof startAgent>;

/** Two agents on a cluster of their own. */
export interface Race {
  readonly clock: SimClock;
  readonly cluster: Cluster;
  readonly first: RaceAgent;
  readonly second: RaceAgent;
}

/** Defines a test that plays a race on simulated time; it has to end within two minutes of that. */
export function testRace(name: string, play: (race: Race) => Promise<void>): void {
  Deno.test(name, async () => {
    const clock = new SimClock(Date.UTC(2026, 0, 1));
    const untilMs = clock.now() + 120_000;
    const afterStep = () => assert.ok(clock.now() < untilMs, "everything ends in time");
    await drive(begin(clock).then(play), { clock, afterStep });
  });
}

/** Addresses of an answer, sorted, with their prefix lengths. */
export function addressesIn({ ips }: { readonly ips?: readonly { readonly address: string }[] | null }): string[] {
  return (ips ?? []).map(({ address }) => address).sort();
}

/** Addresses that pools record for the UID, sorted. */
export function recordedFor(cluster: Cluster, podUid: string | undefined): string[] {
  const records = cluster.storedPools().map(({ status }) => JSON.parse(status?.allocatedIPs ?? "{}"));
  const all = Object.entries<{ podUid: string }>(Object.assign({}, ...records));
  return all.flatMap(([address, record]) => record.podUid === podUid ? [address] : []).sort();
}

async function begin(clock: SimClock): Promise<Race> {
  const cluster = new Cluster({ clock, random: seededRandom(0) });
  await cluster.setUp(["n1", "n2"]);
  const [first, second] = ["n1", "n2"].map((node, i) =>
    startAgent({ clock, cluster, node, random: seededRandom(1 + i) })
  );
  return { clock, cluster, first: first!, second: second! };
}

function startAgent(
  { clock, cluster, node, random }: { clock: SimClock; cluster: Cluster; node: string; random: Random },
) {
  const transport = new PausingTransport(cluster.api.connect(node));
  const ipam = createIpam({
    transport,
    journal: new MemoryJournal(),
    config: { ...agentConfig, nodeName: node },
    clock,
    random,
    log: silentLog,
    maxAllocatedIPs: 5000,
    withEvents: false,
  });
  void ipam.run(new AbortController().signal);
  return { node, transport, add, del };

  function del({ metadata: { name, uid = "" } }: Pod, containerID: string): Promise<void> {
    const pod = { podNamespace: NAMESPACE, podName: name, podUID: uid };
    return ipam.service.release({ ...pod, containerID, ifName: "eth0" }, new AbortController().signal);
  }

  function add({ metadata: { name, uid = "" } }: Pod, containerID: string, signal = new AbortController().signal) {
    const pod = { podNamespace: NAMESPACE, podName: name, podUID: uid };
    return ipam.service.add({ ...pod, containerID, ifName: "eth0", netNamespace: "" }, signal);
  }
}
