import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const pools = { defaultIPv4IPPool: ["v4a"] };

/** A cluster with Pod `p`, which has an address. */
async function withPod() {
  const cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, ...pools });
  agent.connection.requests.length = 0;
  return { cluster, agent, podUID };
}

const kept = ["v4a 10.1.0.10 ns1/p eth0"];

testIpam("ipam row 89: DEL of a living Pod frees nothing and writes nothing", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.del({ podName: "p", podUID });
  assert.deepEqual(cluster.held(), kept);
  assert.deepEqual(agent.connection.requests.toSorted(), ["get pods"]);
});

testIpam("ipam row 89: DEL of a living Pod at an agent that was started again frees nothing", async () => {
  const { cluster, agent: former, podUID } = await withPod();
  await using _ = cluster;
  await former.stop();
  const agent = await cluster.agent();
  agent.connection.requests.length = 0;
  await agent.del({ podName: "p", podUID });
  assert.deepEqual(cluster.held(), kept);
  assert.deepEqual(agent.connection.requests.toSorted(), ["get pods", "get spiderendpoints"]);
});

testIpam("DEL of a Pod whose ADD and end this agent has seen asks for neither Pod nor endpoint", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await cluster.terminate("p");
  await cluster.advance(0); // the watch tells
  agent.connection.requests.length = 0;
  await agent.del({ podName: "p", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")?.metadata.finalizers], [[], undefined]);
  assert.deepEqual(agent.connection.requests.toSorted(), ["patch spiderendpoints", "update spiderippools/status"]);
});

testIpam("DEL of a Pod whose endpoint somebody else has written since its ADD lets that one go", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await cluster.patch("/apis/spiderpool.spidernet.io/v2beta1/namespaces/ns1/spiderendpoints/p", {
    metadata: { labels: { seen: "yes" } },
  });
  await cluster.terminate("p");
  await agent.del({ podName: "p", podUID });
  const { metadata } = cluster.endpoint("p")!;
  assert.deepEqual([cluster.held(), metadata.finalizers, metadata.labels], [[], undefined, { seen: "yes" }]);
});

testIpam("DEL of an earlier Pod of a name that another one has by now frees its own records only", async () => {
  const { cluster, agent, podUID: old } = await withPod();
  await using _ = cluster;
  const held = cluster.endpoint("p")!.metadata.uid;
  await cluster.removePod("p");
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  await agent.del({ podName: "p", podUID: old });
  assert.deepEqual(cluster.held(), []);
  assert.notEqual(cluster.endpoint("p")?.metadata.uid, held);
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, containerID: "c2", ...pools }), [
    "eth0 10.1.0.11/24 v4a",
  ]);
  await agent.del({ podName: "p", podUID: old, containerID: "c1" });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/p eth0"]);
});

testIpam("DEL of a terminating Pod frees its address and lets the endpoint go with the Pod", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await cluster.terminate("p");
  await agent.del({ podName: "p", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")?.metadata.finalizers], [[], undefined]);
  assert.equal(agent.connection.count("list spiderippools"), 0, "the endpoint names the pools");
  await cluster.removePod("p");
  assert.equal(cluster.endpoint("p"), undefined);
});

testIpam("DEL of a finished Pod frees its address although the Pod stays", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await cluster.patch("/api/v1/namespaces/ns1/pods/p/status", { status: { phase: "Failed", reason: "Evicted" } });
  await agent.del({ podName: "p", podUID });
  assert.deepEqual(cluster.held(), []);
});

testIpam("a late DEL of an older container of a terminating Pod frees nothing", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, containerID: "c2", ...pools });
  await cluster.terminate("p");
  await agent.del({ podName: "p", podUID, containerID: "c1" });
  assert.deepEqual(cluster.held(), kept);
  await agent.del({ podName: "p", podUID, containerID: "c2" });
  assert.deepEqual(cluster.held(), []);
});

testIpam("ipam row 92: DEL with the UID of an older Pod frees that one's records only", async () => {
  const { cluster, agent, podUID: old } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, containerID: "c2", ...pools });
  await agent.del({ podName: "p", podUID: old });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/p eth0"]);
  await agent.del({ podName: "p", podUID: old });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/p eth0"]);
  assert.equal(cluster.endpoint("p")?.status?.current.uid, podUID);
});

testIpam("ipam row 90: DEL without a UID for a Pod nobody knows", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await agent.del({ podName: "other", podUID: "" });
  assert.deepEqual(cluster.held(), kept);
  assert.deepEqual(agent.connection.requests.filter((operation) => !operation.startsWith("get ")), []);
});

testIpam("DEL without a UID frees by the container ID", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID: "", containerID: "c0" });
  assert.deepEqual(cluster.held(), kept);
  await agent.del({ podName: "p", podUID: "", containerID: "c1" });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
});

testIpam("DEL without an endpoint lists the pools once and frees by the UID", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  const mine = { pod: "ns1/gone", podUid: "U9" };
  await cluster.putRecords("v4b", {
    "10.2.0.11": mine,
    "10.2.0.12": { pod: "ns1/gone", podUid: "U8" },
    "10.2.0.13": { ...mine, nic: "net1" },
  });
  await cluster.putRecords("v6a", { "fd00:1::10": mine });
  await agent.del({ podName: "gone", podUID: "U9" });
  assert.deepEqual(cluster.held(), [...kept, "v4b 10.2.0.12 ns1/gone eth0"]);
  assert.equal(agent.connection.count("list spiderippools"), 1);
  assert.equal(agent.connection.count("update spiderippools/status"), 2);
});

testIpam("ipam row 91: DEL of the first NIC frees both, DEL of the second finds nothing to free", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, ifName: "net1", defaultIPv4IPPool: ["v4b"] });
  assert.equal(cluster.held().length, 2);
  await cluster.terminate("p");
  await agent.del({ podName: "p", podUID, ifName: "eth0" });
  assert.deepEqual(cluster.held(), []);
  agent.connection.requests.length = 0;
  await agent.del({ podName: "p", podUID, ifName: "net1" });
  assert.deepEqual(agent.connection.requests.filter((operation) => /update|patch|delete/.test(operation)), []);
});

testIpam("a DEL that comes twice, and one for a Pod that never had an address, succeed", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  await agent.del({ podName: "p", podUID });
  await agent.del({ podName: "never", podUID: "U7" });
  assert.deepEqual(cluster.held(), []);
});

testIpam("DEL frees what it can although a pool of the endpoint is gone", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, ifName: "net1", defaultIPv4IPPool: ["v4b"] });
  await cluster.delete("/apis/spiderpool.spidernet.io/v2beta1/spiderippools/v4b");
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
});

testIpam("DEL cancels a running ADD of the same attachment and awaits what that gives back", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  cluster.api.setFaults(({ verb, subresource }) =>
    verb === "update" && subresource === "status" ? { delayAfterMs: 5_000 } : undefined
  );
  const added = agent.startAdd({ podName: "p", podUID, ...pools });
  await cluster.advance(0);
  assert.deepEqual(cluster.held(), kept, "the claim is done, its answer is on the way");
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  await assert.rejects(added, {
    name: "CancelledByDelError",
    message: 'Cannot finish ADD of "eth0" of Pod "ns1/p": a DEL of the same attachment arrived',
  });
  assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
}, { onlyEmbedded: true });

testIpam("DEL awaits an endpoint that is being written and leaves nothing of it", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "create" && resource === "spiderendpoints" ? { delayBeforeMs: 5_000 } : undefined
  );
  void agent.startAdd({ podName: "p", podUID, ...pools });
  await cluster.advance(0);
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  await cluster.advance(60_000);
  assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
}, { onlyEmbedded: true });

testIpam("a late DEL of an older container leaves a running ADD alone", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "create" && resource === "spiderendpoints" ? { delayBeforeMs: 5_000 } : undefined
  );
  const added = agent.startAdd({ podName: "p", podUID, containerID: "c2", ...pools });
  await cluster.advance(0);
  await agent.del({ podName: "p", podUID, containerID: "c1" });
  assert.equal((await added).ips?.[0]?.address, "10.1.0.10/24");
  assert.deepEqual(cluster.held(), kept);
}, { onlyEmbedded: true });
