import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { type Cluster, NAMESPACE } from "./cluster.ts";
import { UpstreamPool } from "./cowriter_pool.ts";
import { addressesIn, type Race, recordedFor, testRace } from "./race_fixture.ts";

/** Time for an agent to read new pools, in milliseconds. */
const READ_MS = 10_000;

testRace("two NICs get two addresses when upstream drops a NIC between claims made at once", whileTogether);
testRace("two NICs do not get one last address when upstream drops a NIC between two claims", whileOneByOne);

/** `eth0` comes to the pool late, when upstream has written what `net1` took there at the same time. */
async function whileTogether({ clock, cluster, first }: Race): Promise<void> {
  await createPool(cluster, "x4", { subnet: "10.8.0", count: 0 });
  await createPool(cluster, "y4", { subnet: "10.9.0", count: 2 });
  await clock.sleep(READ_MS);
  const pod = await createPod(cluster, { node: first.node, nics: { eth0: ["x4", "y4"], net1: ["y4"] } });
  first.transport.pause = ({ path }) => path.endsWith("/x4") ? whenUpstreamWrote() : undefined;

  assert.deepEqual(addressesIn(await first.add(pod, "c1")), ["10.9.0.1/24", "10.9.0.2/24"]);
  assert.deepEqual(recordedFor(cluster, pod.metadata.uid), ["10.9.0.1", "10.9.0.2"]);

  async function whenUpstreamWrote(): Promise<void> {
    while (!hasNic(cluster, "y4")) await clock.sleep(1);
    await writeAsUpstream(cluster, "y4");
  }
}

/** The claims are tried one after the other, that of `net1` first; upstream writes between them. */
async function whileOneByOne({ clock, cluster, first }: Race): Promise<void> {
  await createPool(cluster, "x4", { subnet: "10.8.0", count: 0 });
  await createPool(cluster, "y4", { subnet: "10.9.0", count: 1 });
  await clock.sleep(READ_MS);
  const pod = await createPod(cluster, { node: first.node, nics: { eth0: ["y4"], net1: ["x4", "y4"] } });
  let writes = 0;
  first.transport.pause = ({ method, path }) => {
    if (method !== "GET" || !path.endsWith("/y4") || !hasNic(cluster, "y4")) return undefined;
    writes++;
    return writeAsUpstream(cluster, "y4");
  };

  await assert.rejects(first.add(pod, "c1"), IpamError);
  assert.ok(writes > 0);
  assert.deepEqual(recordedFor(cluster, pod.metadata.uid), []);
}

/** A pool of the first `count` addresses of a /24. */
async function createPool(
  cluster: Cluster,
  name: string,
  { subnet, count }: { subnet: string; count: number },
): Promise<void> {
  await cluster.pools.create({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name },
    spec: { subnet: `${subnet}.0/24`, ips: count === 0 ? [] : [`${subnet}.1-${subnet}.${count}`] },
  });
}

function createPod(
  cluster: Cluster,
  { node, nics }: { node: string; nics: Readonly<Record<string, readonly string[]>> },
): Promise<Pod> {
  const needs = Object.entries(nics).map(([nic, ipv4]) => ({ interface: nic, ipv4 }));
  return cluster.pods.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: NAMESPACE,
      name: "p",
      annotations: { "ipam.spidernet.io/ippools": JSON.stringify(needs) },
    },
    spec: { nodeName: node, containers: [{ name: "c", image: "i" }] },
    status: { phase: "Pending" },
  });
}

/** Whether a record of the pool names its NIC. */
function hasNic(cluster: Cluster, name: string): boolean {
  const { status } = cluster.storedPools().find(({ metadata }) => metadata.name === name) ?? {};
  const records = Object.values<{ nic?: string }>(JSON.parse(status?.allocatedIPs ?? "{}"));
  return records.some(({ nic }) => nic !== undefined);
}

/** What any write of upstream's agent does to a pool's records. */
async function writeAsUpstream({ pools }: Cluster, name: string): Promise<void> {
  await pools.updateStatus(new UpstreamPool(await pools.get({ name }), new Set()).object());
}
