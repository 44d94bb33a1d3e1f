import assert from "node:assert/strict";
import { createIpam, MemoryJournal } from "../../agent/ipam/mod.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { abortable } from "../../net/base/abort.ts";
import { silentLog } from "../../net/base/log.ts";
import { systemRandom } from "../../net/base/random.ts";
import { Cluster, NAMESPACE } from "./cluster.ts";
import { drive } from "./scheduler.ts";
import { agentConfig } from "./sim_agent.ts";
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

const cases: readonly { readonly name: string; readonly play: (clock: SimClock) => Promise<void> }[] = [
  { name: "a late ADD of a StatefulSet's Pod that is gone leaves its name's addresses alone", play: lateAdd },
  { name: "a late DEL of a name nobody wants leaves its newest Pod alone", play: lateDel },
];

for (const { name, play } of cases) {
  Deno.test(name, async () => {
    const clock = new SimClock(Date.UTC(2026, 0, 1));
    const untilMs = clock.now() + 120_000;
    const afterStep = () => assert.ok(clock.now() < untilMs, "everything ends in time");
    await drive(play(clock), { clock, afterStep });
  });
}

/**
 * The second sandbox of db-0 is being added when the Pod goes. The next db-0 takes the records over and fails before
 * its endpoint is written. Then the first ADD goes on.
 */
async function lateAdd(clock: SimClock): Promise<void> {
  const cluster = new Cluster({ clock, random: systemRandom });
  await cluster.setUp(["n1", "n2"]);
  const [first, second] = [startAgent({ clock, cluster, node: "n1" }), startAgent({ clock, cluster, node: "n2" })];
  const former = await createPod(cluster, "n1");
  const had = addressesIn(await first.add(former, "c1"));

  const gate = Promise.withResolvers<void>();
  first.transport.pause = ({ method, path }) =>
    method === "GET" && path.endsWith("/spiderendpoints/db-0") ? gate.promise : undefined;
  const late = first.add(former, "c2").catch(() => undefined);
  await clock.sleep(10);
  await cluster.deletePod({ name: "db-0", uid: former.metadata.uid ?? "" }, 0);

  const next = await createPod(cluster, "n2");
  const hangUp = new AbortController();
  second.transport.pause = ({ method, path }) => {
    if (method !== "PUT" || !path.endsWith("/spiderendpoints/db-0")) return undefined;
    hangUp.abort(new Error("the caller hung up"));
    return new Promise(() => undefined);
  };
  await assert.rejects(second.add(next, "c3", hangUp.signal));
  await cluster.deletePod({ name: "db-0", uid: next.metadata.uid ?? "" }, 0);

  gate.resolve();
  await late;
  second.transport.pause = () => undefined;
  const last = await createPod(cluster, "n2");
  await clock.sleep(100);
  assert.deepEqual(addressesIn(await second.add(last, "c4")), had);
}

/**
 * The DEL of db-2 finds no Pod. Before it has asked whether the StatefulSet wants one, the next db-2 takes the records
 * over, and the StatefulSet is scaled down.
 */
async function lateDel(clock: SimClock): Promise<void> {
  const cluster = new Cluster({ clock, random: systemRandom });
  await cluster.setUp(["n1", "n2"]);
  const [first, second] = [startAgent({ clock, cluster, node: "n1" }), startAgent({ clock, cluster, node: "n2" })];
  const former = await createPod(cluster, "n1", "db-2");
  await first.add(former, "c1");
  await cluster.deletePod({ name: "db-2", uid: former.metadata.uid ?? "" }, 0);

  const asked = Promise.withResolvers<void>();
  first.transport.pause = ({ path }) => path.endsWith("/statefulsets/db") ? asked.promise : undefined;
  const del = first.del(former, "c1");
  await clock.sleep(10);
  const next = await createPod(cluster, "n2", "db-2");
  const freed = Promise.withResolvers<void>();
  second.transport.pause = ({ method, path }) =>
    method === "PUT" && path.endsWith("/spiderendpoints/db-2") ? freed.promise : undefined;
  const add = second.add(next, "c2");
  await clock.sleep(100);
  await cluster.scale(2);
  asked.resolve();
  await del;
  freed.resolve();

  const answered = addressesIn(await add).map((text) => text.split("/")[0]);
  const records = cluster.storedPools().map(({ status }) => JSON.parse(status?.allocatedIPs ?? "{}"));
  const recorded = Object.entries<{ podUid: string }>(Object.assign({}, ...records));
  assert.deepEqual(
    recorded.filter(([, { podUid }]) => podUid === next.metadata.uid).map(([address]) => address).sort(),
    answered,
  );
}

function createPod(cluster: Cluster, nodeName: string, name = "db-0"): Promise<Pod> {
  const annotations = { "ipam.spidernet.io/ippool": JSON.stringify({ ipv4: ["a4", "c4"], ipv6: ["e6", "d6"] }) };
  const ownerReferences = [...cluster.ownerOf("StatefulSet", nodeName)];
  return cluster.pods.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: NAMESPACE, name, annotations, ownerReferences },
    spec: { nodeName, containers: [{ name: "c", image: "i" }] },
    status: { phase: "Pending" },
  });
}

function startAgent({ clock, cluster, node }: { clock: SimClock; cluster: Cluster; node: string }) {
  const transport = new PausingTransport(cluster.api.connect(node));
  const ipam = createIpam({
    transport,
    journal: new MemoryJournal(),
    config: { ...agentConfig, nodeName: node },
    clock,
    random: systemRandom,
    log: silentLog,
    maxAllocatedIPs: 5000,
    withEvents: false,
  });
  void ipam.run(new AbortController().signal);
  return { transport, add, del };

  function del({ metadata: { name, uid = "" } }: Pod, containerID: string): Promise<void> {
    const pod = { podNamespace: NAMESPACE, podName: name, podUID: uid };
    return ipam.service.release({ ...pod, containerID, ifName: "eth0" }, new AbortController().signal);
  }

  function add({ metadata: { name, uid = "" } }: Pod, containerID: string, signal = new AbortController().signal) {
    const pod = { podNamespace: NAMESPACE, podName: name, podUID: uid };
    return ipam.service.add({ ...pod, containerID, ifName: "eth0", netNamespace: "" }, signal);
  }
}

function addressesIn({ ips }: { readonly ips?: readonly { readonly address: string }[] | null }): readonly string[] {
  return (ips ?? []).map(({ address }) => address).sort();
}
