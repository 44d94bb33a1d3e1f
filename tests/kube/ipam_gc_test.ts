/** GC of a CNI network: what the agent frees when the runtime tells what it still has. */
import assert from "node:assert/strict";
import type { IpamGcArgs, IpamGcResponse } from "../../agent/api/mod.ts";
import { type Agent, Cluster, type Request } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const lan = { networkName: "lan", defaultIPv4IPPool: ["v4a"] };
const storage = { networkName: "storage", ifName: "net1", defaultIPv4IPPool: ["v4b"] };
/** Longer than a container that came lately is left alone. */
const LATER_MS = 121_000;

function startGc(agent: Agent, { networkName = "lan", validAttachments = [] }: Partial<IpamGcArgs> = {}) {
  return agent.ipam.housekeeping.collect({ networkName, validAttachments }, new AbortController().signal);
}

/** Runs a GC to its end. @returns what was freed as `nic address…`, then how many stayed */
async function gc(cluster: Cluster, agent: Agent, args?: Partial<IpamGcArgs>): Promise<string[]> {
  return textOf(await cluster.drive(startGc(agent, args)));
}

function textOf({ freed, kept }: IpamGcResponse): string[] {
  return [...freed.map(({ podName, ifName, addresses }) => [podName, ifName, ...addresses].join(" ")), `kept ${kept}`];
}

/** A cluster with Pod `p`, which has an address of network `lan`, and an agent that was started after its ADD. */
async function withPod(...requests: Partial<Request>[]) {
  const cluster = await Cluster.start();
  const first = await cluster.agent();
  const podUID = await cluster.pod("p");
  for (const request of [lan, ...requests]) await first.add({ podName: "p", podUID, ...request });
  await first.stop();
  return { cluster, agent: await cluster.agent({ journal: first.journal }), podUID };
}

/** A test that needs faults or time that passes. */
function testGc(name: string, fn: () => Promise<void>): void {
  testIpam(`GC: ${name}`, fn, { onlyEmbedded: true });
}

/** A test that also a real API server passes. */
function testAnyGc(name: string, fn: () => Promise<void>): void {
  testIpam(`GC: ${name}`, fn);
}

const held = ["v4a 10.1.0.10 ns1/p eth0"];
const both = [...held, "v4b 10.2.0.10 ns1/p net1"];

testAnyGc("the address of a Pod that has gone is freed, and its endpoint ends", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  assert.deepEqual(cluster.held(), held, "no DEL came");
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
  assert.deepEqual(await gc(cluster, agent), ["kept 0"], "a second one finds nothing");
});

testAnyGc("an empty list frees nothing of a living Pod, and reads it not even", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  assert.deepEqual(await gc(cluster, agent), ["kept 1"]);
  assert.deepEqual(cluster.held(), held);
  assert.deepEqual(agent.connection.requests, ["list spiderendpoints"]);
});

testAnyGc("a terminating Pod keeps what the runtime still has, and only that", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.terminate("p");
  assert.deepEqual(await gc(cluster, agent, { validAttachments: [{ containerID: "c1", ifName: "eth0" }] }), ["kept 0"]);
  assert.deepEqual(cluster.held(), held);
  assert.deepEqual(await gc(cluster, agent, { validAttachments: [{ containerID: "c0", ifName: "eth0" }] }), [
    "p eth0 10.1.0.10",
    "kept 0",
  ]);
  assert.deepEqual(cluster.held(), []);
});

testAnyGc("another network's name frees nothing", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, agent, { networkName: "storage" }), ["kept 0"]);
  assert.deepEqual(cluster.held(), held);
});

testGc("what a plugin added that tells no network is left to the controller", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  await agent.add({ podName: "p", podUID: await cluster.pod("p"), defaultIPv4IPPool: ["v4a"] });
  await cluster.advance(LATER_MS);
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, agent), ["kept 0"]);
  assert.deepEqual(cluster.held(), held);
});

testGc("a repeated ADD of a newer plugin notes the network, although it writes nothing else", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  for (const networkName of ["", "lan"]) await agent.add({ podName: "p", podUID, ...lan, networkName });
  await cluster.advance(LATER_MS);
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
});

testAnyGc("what another node holds stays", async () => {
  const { cluster } = await withPod();
  await using _ = cluster;
  const other = await cluster.agent({ node: "n2" });
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, other), ["kept 0"]);
  assert.deepEqual(cluster.held(), held);
});

testAnyGc("of a Pod in two networks each frees its own NIC, and the last one ends the endpoint", async () => {
  const { cluster, agent } = await withPod(storage);
  await using _ = cluster;
  assert.deepEqual(cluster.held(), both);
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p net1"]);
  assert.deepEqual(cluster.endpoint("p")?.status?.current.ips.map((entry) => entry.interface), ["net1"]);
  assert.deepEqual(await gc(cluster, agent, { networkName: "storage" }), ["p net1 10.2.0.10", "kept 0"]);
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
});

testGc("a container that came a moment ago is left alone: the list may be older", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  await agent.add({ podName: "p", podUID: await cluster.pod("p"), ...lan });
  await cluster.removePod("p");
  assert.deepEqual(await gc(cluster, agent), ["kept 1"]);
  assert.deepEqual(cluster.held(), held);
  await cluster.advance(LATER_MS);
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
});

testAnyGc("the record of an older Pod is freed although a new one has the name", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  await cluster.pod("p");
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
});

testGc("a StatefulSet's Pod that is wanted keeps its address, one that is not is freed", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  await agent.add({ podName: "db-0", podUID: await cluster.pod("db-0", { owner }), ...lan });
  await cluster.advance(LATER_MS);
  await cluster.removePod("db-0");
  assert.deepEqual(await gc(cluster, agent), ["kept 1"]);
  assert.equal(cluster.held().length, 1);
  await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 0 } });
  assert.deepEqual(await gc(cluster, agent), ["db-0 eth0 10.1.0.10", "kept 0"]);
  assert.deepEqual([cluster.held(), cluster.endpoint("db-0")], [[], undefined]);
});

testGc("a Pod whose ADD is under way is left alone, before and after its claim", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "update" && resource === "spiderendpoints" ? { delayBeforeMs: 5_000 } : undefined
  );
  const added = agent.startAdd({ podName: "p", podUID, containerID: "c2", ...lan });
  await cluster.advance(0);
  await cluster.terminate("p"); // otherwise that alone would keep it
  assert.deepEqual(await gc(cluster, agent), ["kept 1"]);
  assert.equal((await cluster.drive(added)).ips?.[0]?.address, "10.1.0.10/24");
  assert.deepEqual(await gc(cluster, agent), ["kept 1"], "the new container came lately");
  assert.deepEqual(cluster.held(), held);
});

testGc("an ADD of the same name that comes during a GC waits, and holds what it answers", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  const podUID = await cluster.pod("p");
  cluster.api.setFaults(({ verb, subresource }) =>
    verb === "update" && subresource === "status" ? { delayAfterMs: 1_000 } : undefined
  );
  const collected = startGc(agent);
  await cluster.advance(0);
  const added = agent.startAdd({ podName: "p", podUID, containerID: "c2", ...lan });
  const [{ freed }, { ips }] = await cluster.drive(Promise.all([collected, added]));
  assert.deepEqual(freed.map(({ containerID, addresses }) => [containerID, addresses]), [["c1", ["10.1.0.10"]]]);
  assert.deepEqual(cluster.held(), [`v4a ${ips?.[0]?.address.split("/")[0]} ns1/p eth0`]);
  assert.equal(cluster.endpoint("p")?.status?.current.uid, podUID);
});

testAnyGc("a list of 10,000 attachments is looked through once", async () => {
  const { cluster, agent } = await withPod(storage);
  await using _ = cluster;
  await cluster.removePod("p");
  const others = Array.from({ length: 9_999 }, (_, i) => ({ containerID: `other-${i}`, ifName: "eth0" }));
  const valid = { containerID: "c1", ifName: "eth0" };
  assert.deepEqual(await gc(cluster, agent, { validAttachments: [...others, valid] }), ["kept 0"]);
  assert.deepEqual(cluster.held(), both);
  assert.equal(agent.connection.requests.length, 1);
});

testGc("what cannot be freed keeps nothing else from it, and the next one frees it", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "q", podUID: await cluster.pod("q"), ...lan, defaultIPv4IPPool: ["v4b"] });
  await cluster.advance(LATER_MS);
  for (const name of ["p", "q"]) await cluster.removePod(name);
  cluster.api.setFaults(({ verb, name }) =>
    verb === "update" && name === "v4a" ? { answer: { status: 503 } } : undefined
  );
  await assert.rejects(
    gc(cluster, agent),
    /^Error: Cannot free the addresses of 1 of 2 Pods .*; ask again\. First reason: /,
  );
  assert.deepEqual(cluster.held(), held);
  cluster.api.setFaults(undefined);
  assert.deepEqual(await gc(cluster, agent), ["p eth0 10.1.0.10", "kept 0"]);
});

/** What a GC asks the API server for when a Pod has gone. */
const steps = [
  "list spiderendpoints",
  "get pods",
  "get spiderendpoints",
  "get spiderippools",
  "update spiderippools/status",
  "patch spiderendpoints",
];

testAnyGc("its steps are those that the tests below break at", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await cluster.removePod("p");
  await gc(cluster, agent);
  assert.deepEqual(agent.connection.requests, steps);
});

for (const [index, operation] of steps.entries()) {
  const test = /^(list|get) /.test(operation) ? testGc : testAnyGc; // what was not written is the same to every server
  for (const when of ["kill-before", "kill-after"] as const) {
    test(`killed ${when} ${operation}: the next agent's GC ends it`, async () => {
      const { cluster, agent } = await withPod();
      await using _ = cluster;
      await cluster.removePod("p");
      agent.connection.decide = (_, at) => at === index ? when : undefined;
      startGc(agent).catch(() => undefined);
      await agent.connection.killed;
      await agent.kill();
      await gc(cluster, await cluster.agent({ journal: agent.journal }));
      assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
    });
  }
}

testAnyGc("killed between the pool and the endpoint of one of two NICs: the next agent's GC ends it", async () => {
  const { cluster, agent } = await withPod(storage);
  await using _ = cluster;
  await cluster.removePod("p");
  agent.connection.decide = (operation) => operation === "update spiderippools/status" ? "kill-after" : undefined;
  startGc(agent).catch(() => undefined);
  await agent.connection.killed;
  await agent.kill();
  await cluster.refresh();
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p net1"]);
  assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 2);
  const next = await cluster.agent({ journal: agent.journal });
  assert.deepEqual(await gc(cluster, next), ["p eth0", "kept 0"]);
  assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 1);
  assert.deepEqual(await gc(cluster, next), ["kept 0"]);
});
