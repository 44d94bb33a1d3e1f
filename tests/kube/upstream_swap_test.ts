/** Agents of upstream v1.2 are replaced by this project's node by node, while Pods come and go. */
import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { type SwapPod, UpstreamAgent } from "./upstream_agent.ts";

const addresses = Array.from({ length: 60 }, (_, i) => `10.3.0.${10 + i}`);
const pools = { swap: { ipVersion: 4, subnet: "10.3.0.0/24", ips: ["10.3.0.10-10.3.0.69"], gateway: "10.3.0.1" } };
const wanted = { ippool: '{"ipv4":["swap"]}' };

/** Pods `<prefix>-0` and so on of a node. */
async function podsOf(cluster: Cluster, prefix: string, { node, count }: { node: string; count: number }) {
  const pods: SwapPod[] = [];
  for (let i = 0; i < count; i++) {
    const podName = `${prefix}-${i}`;
    pods.push({ podName, podUID: await cluster.pod(podName, { annotations: wanted, node }) });
  }
  return pods;
}

/** Address by Pod, as the pool records it; each Pod has one. */
function recordsOf(cluster: Cluster): Map<string, string> {
  const records = Object.entries(cluster.records("swap")).map(([address, { pod }]) => [pod.slice(4), address] as const);
  assert.equal(new Map(records).size, records.length, "a Pod has two addresses");
  return new Map(records);
}

/** Each Pod has one address, and the one of its endpoint. */
function assertHeld(cluster: Cluster, pods: readonly SwapPod[]): void {
  const records = recordsOf(cluster);
  assert.deepEqual([...records.keys()].sort(), pods.map(({ podName }) => podName).sort());
  for (const { podName } of pods) {
    const ips = cluster.endpoint(podName)?.status?.current.ips ?? [];
    assert.deepEqual(ips.map(({ ipv4 }) => ipv4), [`${records.get(podName)}/24`], podName);
  }
}

testIpam(
  "operations row 14.7: agents are swapped under Pods that come and go: no address is double, none leaks",
  async () => {
    await using cluster = await Cluster.start({ pools });
    const [old1, old2] = ["n1", "n2"].map((node) =>
      new UpstreamAgent(cluster.transport, { node, pool: "swap", addresses })
    ) as [UpstreamAgent, UpstreamAgent];
    const all = <T>(work: readonly Promise<T>[]) => cluster.drive(Promise.all(work));

    const before = await podsOf(cluster, "before", { node: "n1", count: 8 });
    await all(before.map((pod) => old1.add(pod)));
    assertHeld(cluster, before);

    const new1 = await cluster.agent({ node: "n1" }); // the first node is swapped; the other one still has the old agent
    const [ours, theirs] = [
      await podsOf(cluster, "ours", { node: "n1", count: 12 }),
      await podsOf(cluster, "theirs", { node: "n2", count: 12 }),
    ];
    await all<unknown>([...ours.map((pod) => new1.startAdd(pod)), ...theirs.map((pod) => old2.add(pod))]);
    assert.ok(old2.conflicts > 0, "both wrote at once");
    assertHeld(cluster, [...before, ...ours, ...theirs]);

    const held = recordsOf(cluster);
    for (const pod of before.slice(0, 4)) { // the runtime calls again for Pods that the old agent served
      assert.deepEqual(await new1.addresses(pod), [`eth0 ${held.get(pod.podName)}/24 swap`]);
    }

    const goes = [...before.slice(2), ...ours.slice(6)];
    for (const { podName } of [...goes, ...theirs.slice(6)]) await cluster.removePod(podName);
    await all<unknown>([...goes.map((pod) => delOf(new1, pod)), ...theirs.slice(6).map((pod) => old2.del(pod))]);
    const stays = [...before.slice(0, 2), ...ours.slice(0, 6), ...theirs.slice(0, 6)];
    assertHeld(cluster, stays);

    const new2 = await cluster.agent({ node: "n2" }); // the second node, and the first one is rolled back
    const last = await podsOf(cluster, "last", { node: "n2", count: 4 });
    await all(last.map((pod) => new2.startAdd(pod)));
    assertHeld(cluster, [...stays, ...last]);
    for (const { podName } of [...stays, ...last]) await cluster.removePod(podName);
    for (const pod of [...before.slice(0, 2), ...ours.slice(0, 6)]) await cluster.drive(old1.del(pod));
    for (const pod of [...theirs.slice(0, 6), ...last]) await new2.del(pod);
    assertHeld(cluster, []);
    const names = [...before, ...ours, ...theirs, ...last].map(({ podName }) => podName);
    assert.deepEqual(names.filter((name) => cluster.endpoint(name) !== undefined), []);
  },
);

async function delOf(agent: Awaited<ReturnType<Cluster["agent"]>>, pod: SwapPod): Promise<void> {
  await agent.ipam.service.release({ ...pod, containerID: "c1", ifName: "eth0", podNamespace: "ns1" }, never);
}

const never = new AbortController().signal;
