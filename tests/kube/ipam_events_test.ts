/** Events that tell why a Pod got no address. */
import assert from "node:assert/strict";
import { full, others, v4 } from "./full_pool.ts";
import { Cluster, type PodOptions } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { podEvents, someEvents } from "./pod_events.ts";

/** A Pod that asks for an auto-created pool first. */
const autoPoolPod: PodOptions = {
  annotations: { subnet: '{"ipv4":["s4"]}', ippool: '{"ipv4":["v4a"]}' },
};

testIpam(
  "ipam row 5: explain and an Event say that a subnet annotation is ignored while SpiderSubnet is off",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ features: { enableSpiderSubnet: false } });
    const podUID = await cluster.pod("p", autoPoolPod);
    await cluster.advance(0);
    assert.deepEqual(await agent.addresses({ podName: "p", podUID }), ["eth0 10.1.0.10/24 v4a"]);
    await agent.add({ podName: "p", podUID });
    const events = await someEvents(cluster, podUID);
    assert.deepEqual(events.map(({ reason, count }) => [reason, count]), [
      ["SubnetAnnotationIgnored", 1],
    ]);
  },
);

testIpam("a refused ADD is one Event however often it is tried, and success adds none", async () => {
  await using cluster = await Cluster.start({ pools: full });
  await cluster.putRecords("v4a", others);
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  const message = await agent.refusal({ podName: "p", podUID, ...v4 });
  for (let i = 0; i < 5; i++) await agent.refusal({ podName: "p", podUID, ...v4 });
  const [event, ...more] = await someEvents(cluster, podUID);
  assert.deepEqual(more, []);
  assert.deepEqual(event, { ...event, type: "Warning", reason: "IPAllocationFailed", message, count: 1 });
  assert.deepEqual(event?.involvedObject, { apiVersion: "v1", kind: "Pod", name: "p", namespace: "ns1", uid: podUID });
  await cluster.putRecords("v4a", {});
  await agent.add({ podName: "p", podUID, ...v4 });
  await cluster.advance(0);
  assert.equal((await podEvents(cluster, podUID)).length, 1);
});

testIpam("another cause is another Event; the first is counted up after its quiet minute", async () => {
  await using cluster = await Cluster.start({ pools: full });
  await cluster.putRecords("v4a", others);
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  for (let i = 0; i < 3; i++) await agent.refusal({ podName: "p", podUID, ...v4 });
  await agent.refusal({ podName: "p", podUID, defaultIPv4IPPool: ["nope"] });
  await cluster.advance(60_000);
  await agent.refusal({ podName: "p", podUID, ...v4 });
  await cluster.advance(0);
  const events = (await podEvents(cluster, podUID)).map(({ count, message }) => `${count} ${/nope|v4a/.exec(message)}`);
  assert.deepEqual(events.sort(), ["1 nope", "4 v4a"]);
}, { onlyEmbedded: true });

testIpam("an Event that cannot be written changes nothing about the ADD", async () => {
  await using cluster = await Cluster.start({ pools: full });
  await cluster.putRecords("v4a", others);
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  agent.connection.decide = (operation) => operation === "create events" ? "lose-before" : undefined;
  const message = await agent.refusal({ podName: "p", podUID, ...v4 });
  assert.ok(message.includes("all IP addresses used out"), message);
  await cluster.putRecords("v4a", {});
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
}, { onlyEmbedded: true });
