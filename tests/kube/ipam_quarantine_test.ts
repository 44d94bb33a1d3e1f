import assert from "node:assert/strict";
import type { QuarantineNote } from "../../agent/ipam/conflict.ts";
import { quarantineOf } from "../../crd/ipam/quarantine.ts";
import type { PoolRecord } from "../../crd/ipam/record.ts";
import { type Agent, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4 = { defaultIPv4IPPool: ["v4a"] };
const dual = { ...v4, defaultIPv6IPPool: ["v6a"] };
const conflict = { conflictIPs: [{ ip: "10.1.0.10", mac: "02:00:00:00:00:01", nic: "eth0" }] };
const MINUTE_MS = 60_000;

/** A cluster with Pod `p`, whose ADD has been answered with 10.1.0.10. */
async function withPod(request = v4) {
  const cluster = await Cluster.start();
  const notes: QuarantineNote[] = [];
  const agent = await cluster.agent({ onQuarantined: (note) => notes.push(note) });
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  await agent.add({ podName: "p", podUID, ...request });
  agent.connection.requests.length = 0;
  return { cluster, agent, podUID, notes };
}

/** Addresses in quarantine, all pools. */
function quarantined(cluster: Cluster): string[] {
  return ["v4a", "v6a"].flatMap((pool) =>
    Object.entries(cluster.records(pool)).flatMap(([address, record]) => quarantineOf(record) ? [address] : [])
  );
}

testIpam(
  "a conflict sets the address aside, tells of it, and the same attachment's next ADD gets another",
  async () => {
    const { cluster, agent, podUID, notes } = await withPod();
    await using _ = cluster;
    await agent.batch({ podName: "p", podUID, ...conflict });
    const record: PoolRecord & Record<string, unknown> = { ...cluster.records("v4a")["10.1.0.10"]! };
    const { podUid, ...rest } = record;
    assert.deepEqual(rest, { pod: "ns1/p/quarantine", node: "n1", reason: "conflict", mac: "02:00:00:00:00:01" });
    assert.match(podUid, /^quarantine:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { expiresMs } = quarantineOf(record)!;
    assert.deepEqual(notes.map(({ expiresMs: _, ...note }) => note), [{
      podNamespace: "ns1",
      podName: "p",
      podUid: podUID,
      nic: "eth0",
      pool: "v4a",
      address: "10.1.0.10",
      mac: "02:00:00:00:00:01",
    }]);
    assert.ok(Math.abs(expiresMs! - notes[0]!.expiresMs!) < 1000);
    const endpoint = cluster.endpoint("p")!;
    assert.deepEqual([endpoint.status?.current.ips, endpoint.metadata.annotations?.["ipam.spidernet.io/attachments"]], [
      [],
      undefined,
    ]);
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.11/24 v4a"]);
    assert.deepEqual(quarantined(cluster), ["10.1.0.10"]);
    assert.deepEqual(await agent.journal.list(), []);
  },
);

testIpam("a conflict of one family leaves the other: the next ADD gives the same address there", async () => {
  const { cluster, agent, podUID } = await withPod(dual);
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, ...conflict });
  assert.deepEqual(Object.keys(cluster.records("v6a")), ["fd00:1::10"]);
  await agent.add({ podName: "other", podUID: await cluster.pod("other"), ...dual });
  const again = await agent.addresses({ podName: "p", podUID, ...dual });
  assert.deepEqual(again, ["eth0 10.1.0.12/24 v4a", "eth0 fd00:1::10/64 v6a"]);
  assert.deepEqual(await agent.journal.list(), []);
});

testIpam("after a conflict of one family a DEL of the ended Pod frees the other", async () => {
  const { cluster, agent, podUID } = await withPod(dual);
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, ...conflict });
  await cluster.terminate("p");
  await agent.del({ podName: "p", podUID });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p/quarantine eth0"]);
  assert.deepEqual(await agent.journal.list(), []);
});

testIpam("a conflict on one NIC keeps the Pod's other NIC", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, ifName: "net1", ...v4 });
  const found = [{ ip: "10.1.0.11", nic: "net1" }];
  await agent.batch({ podName: "p", podUID, conflictIPs: found });
  assert.deepEqual(cluster.endpoint("p")?.status?.current.ips.map((entry) => entry.interface), ["eth0"]);
  const attachments = cluster.endpoint("p")?.metadata.annotations?.["ipam.spidernet.io/attachments"];
  assert.deepEqual(Object.keys(JSON.parse(attachments ?? "{}")), ["eth0"]);
  const both = ["net1 10.1.0.12/24 v4a", "eth0 10.1.0.10/24 v4a"];
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ifName: "net1", ...v4 }), both);
});

const leftAlone = [
  { name: "an address that is not the Pod's", report: { conflictIPs: [{ ip: "10.1.0.12" }] } },
  { name: "an address of another NIC", report: { conflictIPs: [{ ip: "10.1.0.10", nic: "net1" }] } },
  { name: "a sandbox that a newer one has replaced", report: { ...conflict, containerID: "c0" } },
];
for (const { name, report } of leftAlone) {
  testIpam(`a report of ${name} changes nothing`, async () => {
    const { cluster, agent, podUID } = await withPod();
    await using _ = cluster;
    await agent.batch({ podName: "p", podUID, ...report });
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
    assert.deepEqual(agent.connection.requests, ["get pods", "get spiderendpoints"]);
  });
}

testIpam("a report that is repeated, also after the next ADD, changes nothing more", async () => {
  const { cluster, agent, podUID, notes } = await withPod();
  await using _ = cluster;
  for (let i = 0; i < 2; i++) await agent.batch({ podName: "p", podUID, ...conflict });
  await agent.add({ podName: "p", podUID, ...v4 });
  await agent.batch({ podName: "p", podUID, ...conflict });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p/quarantine eth0", "v4a 10.1.0.11 ns1/p eth0"]);
  assert.equal(notes.length, 1);
});

testIpam("a report that nobody can understand is refused", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  const tooMany = Array.from({ length: 257 }, () => ({ ip: "10.1.0.10" }));
  const refusals = [
    { conflictIPs: [{ ip: "10.1.0" }], want: 'wrong input: conflictIPs: "10.1.0" is no IP address' },
    { conflictIPs: tooMany, want: "wrong input: conflictIPs has more than 256 entries" },
  ];
  for (const { conflictIPs, want } of refusals) {
    const message = `Cannot release addresses: ${want}`;
    await assert.rejects(agent.batch({ podName: "p", podUID, conflictIPs }), { name: "IpamError", message });
  }
});

testIpam(
  "a quarantined address is offered to nobody, by no agent, also after a write that drops our keys",
  async () => {
    const { cluster, agent, podUID } = await withPod();
    await using _ = cluster;
    await agent.batch({ podName: "p", podUID, ...conflict });
    const { pod, podUid } = cluster.records("v4a")["10.1.0.10"]!;
    await cluster.putRecords("v4a", { "10.1.0.10": { pod, podUid } }); // as an upstream component does
    const second = await cluster.agent({ node: "n2" });
    const taken: string[] = [];
    for (const [name, by] of [["a", agent], ["b", second]] as const) {
      taken.push(...await by.addresses({ podName: name, podUID: await cluster.pod(name), ...v4 }));
    }
    assert.deepEqual(taken, ["eth0 10.1.0.11/24 v4a", "eth0 10.1.0.12/24 v4a"]);
    const refusal = await second.refusal({ podName: "c", podUID: await cluster.pod("c"), ...v4 });
    assert.match(refusal, /all IP addresses used out/);
    assert.match(refusal, /quarantine/);
    assert.deepEqual(cluster.records("v4a")["10.1.0.10"], { pod, podUid });
  },
);

testIpam("a full pool gives an address back whose quarantine is over, at once and by whichever agent", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, ...conflict });
  for (const name of ["a", "b"]) await agent.add({ podName: name, podUID: await cluster.pod(name), ...v4 });
  await cluster.advance(10 * MINUTE_MS);
  const other = await cluster.agent({ node: "n2" });
  assert.match(await other.refusal({ podName: "c", podUID: await cluster.pod("c"), ...v4 }), /used out/);
  await cluster.advance(MINUTE_MS);
  const startedMs = cluster.clock.now();
  const podUIDofD = await cluster.pod("d");
  assert.deepEqual(await other.addresses({ podName: "d", podUID: podUIDofD, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
  assert.equal(cluster.clock.now(), startedMs, "nobody waits");
}, { onlyEmbedded: true });

testIpam("a quarantine that is over goes with the next write of any agent, and its address is taken last", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, ...conflict });
  await cluster.advance(11 * MINUTE_MS);
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.11/24 v4a"]);
  assert.deepEqual(quarantined(cluster), []);
  const [next] = await agent.addresses({ podName: "q", podUID: await cluster.pod("q"), ...v4 });
  assert.equal(next, "eth0 10.1.0.12/24 v4a");
}, { onlyEmbedded: true });

testIpam("row 46: what one Pod gave back is handed out last by every agent that saw it", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  const second = await cluster.agent({ node: "n2" });
  await second.add({ podName: "s", podUID: await cluster.pod("s", { node: "n2" }), ...v4 });
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  await cluster.advance(0);
  const [b] = await second.addresses({ podName: "b", podUID: await cluster.pod("b"), ...v4 });
  assert.equal(b, "eth0 10.1.0.12/24 v4a", "10.1.0.11 is taken, 10.1.0.10 was given back just now");
  const [c] = await agent.addresses({ podName: "c", podUID: await cluster.pod("c"), ...v4 });
  assert.equal(c, "eth0 10.1.0.10/24 v4a", "when there is no other");
});

testIpam("the last Pod's release in a pool that is being deleted takes its quarantines along", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, ifName: "net1", ...v4 });
  await agent.batch({ podName: "p", podUID, ...conflict });
  const pool = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools/v4a";
  await cluster.patch(pool, { metadata: { finalizers: ["spiderpool.spidernet.io"] } });
  await cluster.delete(pool);
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  assert.deepEqual(cluster.held(), []);
  await cluster.patch(pool, { metadata: { finalizers: null } });
});

testIpam("two agents set addresses of one pool aside at the same time, and neither loses one", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  const second = await cluster.agent({ node: "n2" });
  const otherUID = await cluster.pod("q", { node: "n2" });
  await second.add({ podName: "q", podUID: otherUID, ...v4 });
  const both = [
    agent.startBatch({ podName: "p", podUID, ...conflict }),
    second.startBatch({ podName: "q", podUID: otherUID, conflictIPs: [{ ip: "10.1.0.11" }] }),
  ];
  await cluster.drive(Promise.all(both));
  assert.deepEqual(quarantined(cluster), ["10.1.0.10", "10.1.0.11"]);
  const agents: [string, Agent, string][] = [["p", agent, podUID], ["q", second, otherUID]];
  const [first, rest] = agents;
  assert.deepEqual(await first![1].addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.12/24 v4a"]);
  assert.match(await rest![1].refusal({ podName: "q", podUID: otherUID, ...v4 }), /used out/);
});
