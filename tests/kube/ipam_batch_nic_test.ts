import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const eth0 = { podName: "p", defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] };
const net1 = { podName: "p", ifName: "net1", defaultIPv4IPPool: ["v4b"], defaultIPv6IPPool: ["v6a"] };
const ippools = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"]}]';
const eth0Held = ["v4a 10.1.0.10 ns1/p eth0", "v6a fd00:1::10 ns1/p eth0"];
const failed = { podName: "p", isReleaseConflictIPs: true };

/** A cluster with Pod `p`, whose eth0 and net1 have got their addresses one after the other, two of them of one pool. */
async function withTwoNics() {
  const cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await agent.add({ ...eth0, podUID });
  await agent.add({ ...net1, podUID });
  agent.connection.requests.length = 0;
  return { cluster, agent, podUID };
}

function nicsOf(cluster: Cluster): string[] | undefined {
  return cluster.endpoint("p")?.status?.current.ips.map((entry) => entry.interface);
}

testIpam("a batch release of one NIC frees what it holds, the Pod's other NIC keeps its own", async () => {
  const { cluster, agent, podUID } = await withTwoNics();
  await using _ = cluster;
  await agent.batch({ ...failed, podUID, ifName: "net1" });
  assert.deepEqual([cluster.held(), nicsOf(cluster)], [eth0Held, ["eth0"]]);
  agent.connection.requests.length = 0;
  await agent.batch({ ...failed, podUID, ifName: "net1" });
  assert.deepEqual(agent.connection.requests, ["get pods", "get spiderendpoints"], "nothing is left to do");
  await agent.add({ ...net1, podUID });
  assert.deepEqual([cluster.held().length, nicsOf(cluster)], [4, ["eth0", "net1"]]);
});

testIpam(
  "a batch release of the NIC that was first, by an agent that has seen no ADD, leaves the second alone",
  async () => {
    const { cluster, agent: first, podUID } = await withTwoNics();
    await using _ = cluster;
    await first.kill();
    const agent = await cluster.agent();
    await agent.add({ ...eth0, podUID });
    await agent.batch({ ...failed, podUID, ifName: "eth0" });
    assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p net1", "v6a fd00:1::11 ns1/p net1"]);
    assert.deepEqual(nicsOf(cluster), ["net1"]);
  },
);

testIpam("a batch release of the only NIC is one of everything", async () => {
  const { cluster, agent, podUID } = await withTwoNics();
  await using _ = cluster;
  for (const ifName of ["net1", "eth0"]) await agent.batch({ ...failed, podUID, ifName });
  assert.deepEqual([cluster.held(), nicsOf(cluster)], [[], []]);
});

testIpam("what the first ADD took for NICs that nobody has asked for goes with it when it fails", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p", { annotations: { ippools } });
  await agent.add({ podName: "p", podUID });
  assert.equal(cluster.held().length, 2);
  await agent.batch({ ...failed, podUID, ifName: "eth0" });
  assert.deepEqual([cluster.held(), nicsOf(cluster)], [[], []]);
  assert.deepEqual(await agent.journal.list(), []);
});

testIpam("what the first ADD took for all NICs stays with those that were asked for", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p", { annotations: { ippools } });
  for (const ifName of ["eth0", "net1"]) await agent.add({ podName: "p", podUID, ifName });
  await agent.batch({ ...failed, podUID, ifName: "net1" });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
});

testIpam("a batch release of one NIC for a sandbox that was replaced frees nothing", async () => {
  const { cluster, agent, podUID } = await withTwoNics();
  await using _ = cluster;
  await agent.add({ ...eth0, podUID, containerID: "c2" });
  await agent.batch({ ...failed, podUID, ifName: "net1" });
  assert.equal(cluster.held().length, 4);
});

testIpam("a batch release of one NIC gives back what an ADD of it left in the journal, too", async () => {
  const { cluster, agent, podUID } = await withTwoNics();
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, conflictIPs: [{ ip: "10.2.0.10", nic: "net1" }] });
  assert.deepEqual(nicsOf(cluster), ["eth0"]);
  assert.ok(cluster.held().includes("v6a fd00:1::11 ns1/p net1"), "the other family waits for the next ADD");
  await agent.batch({ ...failed, podUID, ifName: "net1" });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0", "v4b 10.2.0.10 ns1/p/quarantine eth0", eth0Held[1]]);
  assert.deepEqual(await agent.journal.list(), []);
});

testIpam("a batch release of one NIC of a StatefulSet's Pod is answered with 522", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const podUID = await cluster.pod("db-0", { annotations: { ippools }, owner });
  await agent.add({ podName: "db-0", podUID });
  await assert.rejects(agent.batch({ ...failed, podName: "db-0", podUID, ifName: "net1" }), { status: 522 });
  assert.equal(cluster.held().length, 2);
});
