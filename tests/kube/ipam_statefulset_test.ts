import assert from "node:assert/strict";
import { type Body, Cluster, type PodOptions } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const spiderpool = "/apis/spiderpool.spidernet.io/v2beta1";
const pools = `${spiderpool}/spiderippools`;
const endpoints = `${spiderpool}/namespaces/ns1/spiderendpoints`;

const annotations = { ippool: '{"ipv4":["v4a"]}' };

/** A cluster with StatefulSet `db` of two Pods; `db-0` and `db-1` have addresses. */
async function withStatefulSet(spec: Body = { replicas: 2 }, options: PodOptions = { annotations }) {
  const cluster = await Cluster.start();
  const agent = await cluster.agent();
  const owner = await cluster.statefulSet("db", spec);
  const uids: string[] = [];
  for (const podName of ["db-0", "db-1"]) {
    const podUID = await cluster.pod(podName, { ...options, owner });
    await agent.add({ podName, podUID });
    uids.push(podUID);
  }
  return { cluster, agent, owner, uids };
}

const both = ["v4a 10.1.0.10 ns1/db-0 eth0", "v4a 10.1.0.11 ns1/db-1 eth0"];

testIpam(
  "ipam row 74: a Pod of a StatefulSet that is made anew keeps its address; record and endpoint have its UID and node",
  async () => {
    const { cluster, owner, agent, uids } = await withStatefulSet();
    await using _ = cluster;
    assert.equal(cluster.endpoint("db-1")?.metadata.ownerReferences, undefined);
    await cluster.removePod("db-1");
    await agent.del({ podName: "db-1", podUID: uids[1]! });
    const there = await cluster.agent({ node: "n2" });
    const podUID = await cluster.pod("db-1", { annotations, owner, node: "n2" });
    assert.deepEqual(await there.addresses({ podName: "db-1", podUID, containerID: "c2" }), ["eth0 10.1.0.11/24 v4a"]);
    assert.deepEqual(cluster.records("v4a")["10.1.0.11"], { pod: "ns1/db-1", podUid: podUID, node: "n2" });
    const { current } = cluster.endpoint("db-1")!.status!;
    assert.deepEqual([current.uid, current.node, cluster.held()], [podUID, "n2", both]);
    assert.deepEqual(await there.addresses({ podName: "db-1", podUID, containerID: "c2" }), ["eth0 10.1.0.11/24 v4a"]);
  },
);

testIpam("a Pod of a StatefulSet that is made anew keeps its routes", async () => {
  const routes = '[{"dst":"10.8.0.0/16","gw":"10.1.0.9"}]';
  const options = { annotations: { ...annotations, routes } };
  const { cluster, owner, agent } = await withStatefulSet({ replicas: 2 }, options);
  await using _ = cluster;
  await cluster.removePod("db-1");
  const podUID = await cluster.pod("db-1", { ...options, owner });
  assert.deepEqual((await agent.add({ podName: "db-1", podUID })).routes, [
    { ifName: "eth0", dst: "10.8.0.0/16", gw: "10.1.0.9" },
    { ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" },
  ]);
});

testIpam("ipam row 76: DEL keeps the address while the StatefulSet wants the Pod, terminating or gone", async () => {
  const { cluster, agent, uids } = await withStatefulSet();
  await using _ = cluster;
  await cluster.terminate("db-1");
  await agent.del({ podName: "db-1", podUID: uids[1]! });
  await cluster.removePod("db-1");
  await agent.del({ podName: "db-1", podUID: uids[1]! });
  assert.deepEqual(cluster.held(), both);
  assert.equal(cluster.endpoint("db-1")?.status?.current.uid, uids[1]);
});

testIpam("ipam row 77: after a scale-down DEL frees the address and deletes the endpoint", async () => {
  const { cluster, agent, uids } = await withStatefulSet();
  await using _ = cluster;
  await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 1 } });
  await cluster.terminate("db-1");
  await agent.del({ podName: "db-1", podUID: uids[1]! });
  assert.deepEqual([cluster.held(), cluster.endpoint("db-1")], [both.slice(0, 1), undefined]);
});

testIpam("ipam row 78: ordinals that start elsewhere count", async () => {
  const { cluster, agent, owner } = await withStatefulSet({ replicas: 2, ordinals: { start: 5 } });
  await using _ = cluster;
  for (const [podName, isKept] of [["db-6", true], ["db-7", false]] as const) {
    const podUID = await cluster.pod(podName, { annotations: { ippool: '{"ipv4":["v4b"]}' }, owner });
    await agent.add({ podName, podUID });
    await cluster.removePod(podName);
    await agent.del({ podName, podUID });
    assert.equal(cluster.endpoint(podName) !== undefined, isKept, podName);
  }
});

testIpam("DEL frees after the StatefulSet is deleted", async () => {
  const { cluster, agent, uids } = await withStatefulSet();
  await using _ = cluster;
  await cluster.delete("/apis/apps/v1/namespaces/ns1/statefulsets/db");
  for (const [i, podName] of ["db-0", "db-1"].entries()) await agent.del({ podName, podUID: uids[i]! });
  assert.deepEqual([cluster.held(), cluster.endpoint("db-0"), cluster.endpoint("db-1")], [[], undefined, undefined]);
});

testIpam(
  "ipam row 79: the record of a fixed address is missing: it is put back when it is free, else another one is taken",
  async () => {
    const { cluster, agent, owner, uids } = await withStatefulSet();
    await using _ = cluster;
    await cluster.putRecords("v4a", {});
    await cluster.removePod("db-1");
    const second = await cluster.pod("db-1", { annotations, owner });
    assert.deepEqual(await agent.addresses({ podName: "db-1", podUID: second }), ["eth0 10.1.0.11/24 v4a"]);
    await cluster.putRecords("v4a", { "10.1.0.10": { pod: "ns1/db-0", podUid: uids[0] } });
    await cluster.reservedIP("r", ["10.1.0.11"]);
    await cluster.removePod("db-1");
    const third = await cluster.pod("db-1", { annotations, owner });
    assert.deepEqual(await agent.addresses({ podName: "db-1", podUID: third }), ["eth0 10.1.0.12/24 v4a"]);
    assert.equal(cluster.endpoint("db-1")?.status?.current.ips[0]?.ipv4, "10.1.0.12/24");
  },
);

testIpam("ipam row 79: the pool of a fixed address that is lost has nothing left: the next pool serves", async () => {
  const ippool = { ippool: '{"ipv4":["v4a","v4b"]}' };
  const { cluster, agent, owner } = await withStatefulSet({ replicas: 2 }, { annotations: ippool });
  await using _ = cluster;
  await cluster.putRecords("v4a", {});
  await cluster.patch(`${pools}/v4a`, { spec: { disable: true } });
  await cluster.removePod("db-1");
  const podUID = await cluster.pod("db-1", { annotations: ippool, owner });
  assert.deepEqual(await agent.addresses({ podName: "db-1", podUID }), ["eth0 10.2.0.10/24 v4b"]);
});

testIpam("ipam row 80: a fixed address that is recorded for another name is an error that says so", async () => {
  const { cluster, agent, owner } = await withStatefulSet();
  await using _ = cluster;
  await cluster.putRecords("v4a", { "10.1.0.11": { pod: "ns1/other", podUid: "U9" } });
  await cluster.removePod("db-1");
  const podUID = await cluster.pod("db-1", { annotations, owner });
  assert.equal(
    await agent.refusal({ podName: "db-1", podUID }),
    'Cannot allocate addresses: data broken: IPv4 of "eth0" from the SpiderEndpoint of the Pod: IPPool "v4a": records ' +
      '10.1.0.11, which this Pod keeps, for "ns1/other"; delete the Pod\'s SpiderEndpoint to give it another address, ' +
      "or the record in status.allocatedIPs",
  );
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/other eth0"]);
  await cluster.delete(`${endpoints}/db-1`);
  assert.deepEqual(await agent.addresses({ podName: "db-1", podUID }), ["eth0 10.1.0.12/24 v4a"]);
});

testIpam("ipam row 81: an endpoint with nothing in it and an old UID is adopted and filled", async () => {
  const { cluster, agent, owner } = await withStatefulSet();
  await using _ = cluster;
  await cluster.removePod("db-1");
  await cluster.patch("/apis/spiderpool.spidernet.io/v2beta1/namespaces/ns1/spiderendpoints/db-1", {
    status: { current: { ips: [] } },
  });
  const podUID = await cluster.pod("db-1", { annotations, owner });
  const [address] = await agent.addresses({ podName: "db-1", podUID });
  const { current } = cluster.endpoint("db-1")!.status!;
  assert.deepEqual([current.uid, `eth0 ${current.ips[0]?.ipv4} v4a`], [podUID, address]);
});

testIpam("ipam row 84: with the feature off a StatefulSet's Pod is treated like every other", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent({ features: { enableStatefulSet: false } });
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const podUID = await cluster.pod("db-0", { annotations, owner });
  await agent.add({ podName: "db-0", podUID });
  assert.equal(cluster.endpoint("db-0")?.metadata.ownerReferences?.[0]?.uid, podUID);
  await cluster.removePod("db-0");
  await agent.del({ podName: "db-0", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("db-0")], [[], undefined]);
});
