import assert from "node:assert/strict";
import { addressesOf, Cluster, scenarioPools, START_MS, turn } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const one4 = { subnet: "10.1.0.0/24", ips: ["10.1.0.10"] };
const one6 = { subnet: "fd00:1::/64", ips: ["fd00:1::10"] };
const v4a = { defaultIPv4IPPool: ["v4a"] };
/** Longer than anything takes on a busy machine. */
const patient = { waitForFreeMs: 20_000 };
const dual = { ...v4a, defaultIPv6IPPool: ["v6a"] };

testIpam(
  "row 40: both pools are full: each is listed with its reason, after the configured wait, and nothing is held",
  async () => {
    await using cluster = await Cluster.start({ pools: { v4a: one4, v4b: { ...scenarioPools.v4b, ips: [] } } });
    const agent = await cluster.agent();
    await agent.add({ podName: "q", podUID: await cluster.pod("q"), ...v4a });
    const uid = await cluster.pod("p");
    const startedAt = cluster.clock.now();
    assert.equal(
      await agent.refusal({ podName: "p", podUID: uid, defaultIPv4IPPool: ["v4a", "v4b"] }),
      'Cannot allocate addresses: all IP addresses used out: IPv4 of "eth0" from the CNI configuration: ' +
        'IPPool "v4a": all IP addresses used out (1 usable); IPPool "v4b": all IP addresses used out (0 usable)',
    );
    cluster.assertWaited(startedAt, 1000);
    assert.deepEqual([cluster.held(), cluster.endpoint("p")], [["v4a 10.1.0.10 ns1/q eth0"], undefined]);
    assert.deepEqual(await agent.journal.list(), []);
  },
);

testIpam("row 39: a full pool leads to the next one at once", async () => {
  await using cluster = await Cluster.start({ pools: { v4a: one4, v4b: scenarioPools.v4b! } });
  const agent = await cluster.agent();
  await agent.add({ podName: "q", podUID: await cluster.pod("q"), ...v4a });
  const uid = await cluster.pod("p");
  const startedAt = cluster.clock.now();
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, defaultIPv4IPPool: ["v4a", "v4b"] }), [
    "eth0 10.2.0.10/24 v4b",
  ]);
  cluster.assertWaited(startedAt, 0);
});

testIpam("an address freed on this node while an ADD waits for it is taken at once", async () => {
  await using cluster = await Cluster.start({ pools: { v4a: one4 } });
  const agent = await cluster.agent({ config: patient });
  const old = await cluster.pod("q");
  await agent.add({ podName: "q", podUID: old, ...v4a });
  await cluster.removePod("q");
  const waiting = agent.startAdd({ podName: "p", podUID: await cluster.pod("p"), ...v4a });
  await turn();
  const startedAt = cluster.clock.now();
  await agent.del({ podName: "q", podUID: old });
  assert.deepEqual(addressesOf(await cluster.drive(waiting)), ["eth0 10.1.0.10/24 v4a"]);
  cluster.assertWaited(startedAt, 0);
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
});

testIpam("an address freed on another node while an ADD waits for it is taken when the watch tells of it", async () => {
  await using cluster = await Cluster.start({ pools: { v4a: one4 } });
  const [here, there] = [
    await cluster.agent({ config: patient }),
    await cluster.agent({ node: "n2", config: patient }),
  ];
  const old = await cluster.pod("q", { node: "n2" });
  await there.add({ podName: "q", podUID: old, ...v4a });
  await cluster.removePod("q");
  const waiting = here.startAdd({ podName: "p", podUID: await cluster.pod("p"), ...v4a });
  await turn();
  const startedAt = cluster.clock.now();
  await there.del({ podName: "q", podUID: old });
  assert.deepEqual(addressesOf(await cluster.drive(waiting)), ["eth0 10.1.0.10/24 v4a"]);
  const waitedMs = cluster.clock.now() - startedAt;
  assert.ok(waitedMs <= 250 || cluster.isReal, `agents look at a random moment soon, not ${waitedMs} ms later`);
});

testIpam("row 50: IPv6 is full: no IPv4 address is held while the ADD waits, nor after its refusal", async () => {
  await using cluster = await Cluster.start({ pools: { v4a: one4, v6a: one6 } });
  const agent = await cluster.agent();
  await agent.add({ podName: "q", podUID: await cluster.pod("q"), defaultIPv6IPPool: ["v6a"] });
  const refused = agent.startAdd({ podName: "p", podUID: await cluster.pod("p"), ...dual });
  await turn();
  assert.deepEqual(cluster.held(), ["v6a fd00:1::10 ns1/q eth0"]);
  const requests = agent.connection.requests.length;
  await turn();
  assert.equal(agent.connection.requests.length, requests, "it waits, and does not try in a loop");
  await assert.rejects(cluster.drive(refused), {
    name: "IpamError",
    code: "ip-used-out",
    message: 'Cannot allocate addresses: all IP addresses used out: IPv6 of "eth0" from the CNI configuration: ' +
      'IPPool "v6a": all IP addresses used out (1 usable)',
  });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [["v6a fd00:1::10 ns1/q eth0"], undefined]);
}, { onlyEmbedded: true });

testIpam(
  "two ADDs that each need the last addresses of two pools: one gets both, the other is refused and holds nothing",
  async () => {
    await using cluster = await Cluster.start({ pools: { v4a: one4, v6a: one6 } });
    const agents = [await cluster.agent(), await cluster.agent({ node: "n2" })];
    const uids = [await cluster.pod("p1"), await cluster.pod("p2", { node: "n2" })];
    const adds = agents.map((agent, i) => agent.startAdd({ podName: `p${i + 1}`, podUID: uids[i]!, ...dual }));
    const settled = await cluster.drive(Promise.allSettled(adds));
    assert.deepEqual(settled.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal(new Set(cluster.held().map((held) => held.split(" ")[2])).size, 1);
    assert.equal(cluster.held().length, 2);
  },
);

testIpam("row 43: reserved addresses are not handed out; one more SpiderReservedIP counts at once", async () => {
  await using cluster = await Cluster.start();
  await cluster.reservedIP("r1", ["10.1.0.10"]);
  const agent = await cluster.agent();
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: await cluster.pod("p"), ...v4a }), [
    "eth0 10.1.0.11/24 v4a",
  ]);
  await cluster.reservedIP("r2", ["10.1.0.12"]);
  await cluster.advance(0);
  assert.equal(
    await agent.refusal({ podName: "q", podUID: await cluster.pod("q"), ...v4a }),
    'Cannot allocate addresses: all IP addresses used out: IPv4 of "eth0" from the CNI configuration: ' +
      'IPPool "v4a": all IP addresses used out (1 usable, 2 more set aside by SpiderReservedIPs)',
  );
});

testIpam("nothing is claimed before the SpiderReservedIPs were read", async () => {
  await using cluster = await Cluster.start();
  await cluster.reservedIP("r1", ["10.1.0.10"]);
  let isHeld = true;
  cluster.api.setFaults(({ verb, resource }) =>
    isHeld && verb === "list" && resource === "spiderreservedips" ? { answer: { status: 503 } } : undefined
  );
  const agent = await cluster.agent({ waitUntilReady: false });
  const added = agent.startAdd({ podName: "p", podUID: await cluster.pod("p"), ...v4a });
  await cluster.advance(10_000);
  assert.deepEqual([cluster.held(), agent.ipam.isSynced], [[], false]);
  isHeld = false;
  assert.deepEqual(addressesOf(await cluster.drive(added)), ["eth0 10.1.0.11/24 v4a"]);
  assert.ok(cluster.clock.now() < START_MS + 30_000);
}, { onlyEmbedded: true });

testIpam("quarantined addresses are neither handed out nor touched", async () => {
  await using cluster = await Cluster.start();
  const expiry = `${new Date(cluster.clock.now() + 600_000).toISOString().slice(0, 19)}Z`;
  const quarantine = { pod: "ns1/p/quarantine", podUid: `quarantine:${expiry}`, note: "kept" };
  await cluster.putRecords("v4a", { "10.1.0.10": quarantine });
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, ...v4a }), ["eth0 10.1.0.11/24 v4a"]);
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID: uid });
  assert.deepEqual(cluster.records("v4a"), { "10.1.0.10": quarantine });
});

testIpam(
  "row 51: after a refusal for one family and a restart of the agent the other family gets its address again",
  async () => {
    await using cluster = await Cluster.start({ pools: { v4a: one4, v6a: one6 } });
    const agent = await cluster.agent();
    const other = await cluster.pod("q");
    await agent.add({ podName: "q", podUID: other, defaultIPv6IPPool: ["v6a"] });
    const podUID = await cluster.pod("p");
    await agent.refusal({ podName: "p", podUID, ...dual });
    await agent.kill();
    const next = await cluster.agent({ journal: agent.journal });
    await cluster.removePod("q");
    await next.del({ podName: "q", podUID: other });
    assert.deepEqual(await next.addresses({ podName: "p", podUID, ...dual }), [
      "eth0 10.1.0.10/24 v4a",
      "eth0 fd00:1::10/64 v6a",
    ]);
  },
);

testIpam(
  "row 109: an ADD that waits for a full pool holds nobody up, and others get what they can have at once",
  async () => {
    await using cluster = await Cluster.start({ pools: { v4a: one4, v4b: scenarioPools.v4b! } });
    const agent = await cluster.agent({ config: patient });
    const holder = await cluster.pod("q");
    await agent.add({ podName: "q", podUID: holder, ...v4a });
    const waiting = agent.startAdd({ podName: "a", podUID: await cluster.pod("a"), ...v4a });
    await turn();
    const startedAt = cluster.clock.now();
    const either = { podName: "b", podUID: await cluster.pod("b"), defaultIPv4IPPool: ["v4a", "v4b"] };
    assert.deepEqual(await agent.addresses(either), ["eth0 10.2.0.10/24 v4b"]);
    const free = { podName: "c", podUID: await cluster.pod("c"), defaultIPv4IPPool: ["v4b"] };
    assert.deepEqual(await agent.addresses(free), ["eth0 10.2.0.11/24 v4b"]);
    cluster.assertWaited(startedAt, 0);
    await cluster.removePod("q");
    await agent.del({ podName: "q", podUID: holder });
    assert.deepEqual(addressesOf(await cluster.drive(waiting)), ["eth0 10.1.0.10/24 v4a"]);
  },
);
