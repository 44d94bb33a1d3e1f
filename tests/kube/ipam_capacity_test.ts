/** What STATUS asks: whether pools have an address for a Pod of the node. */
import assert from "node:assert/strict";
import type { Clock } from "../../net/base/clock.ts";
import type { IpamCapacityQuery } from "../../agent/api/mod.ts";
import { Agent, type AgentOptions, type Body, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const two = { ipVersion: 4, subnet: "10.3.0.0/24", ips: ["10.3.0.10-10.3.0.11"] };
const taken = { pod: "ns1/p", podUid: "U1" };
const full = { "10.3.0.10": taken, "10.3.0.11": taken };

async function ask(cluster: Cluster, agent: Agent, query: Partial<IpamCapacityQuery>): Promise<string[]> {
  const all = { defaultIPv4IPPool: [], defaultIPv6IPPool: [], ...query };
  const asked = agent.ipam.housekeeping.capacity(all, new AbortController().signal);
  const { families } = await cluster.drive(asked);
  return families.map(({ version, pools, hasFree }) => `IPv${version} ${pools} ${hasFree ? "free" : "full"}`);
}

const cases: {
  name: string;
  pools?: Record<string, Body>;
  records?: Record<string, Body>;
  reserved?: string[];
  agent?: AgentOptions;
  query?: Partial<IpamCapacityQuery>;
  want: string[];
}[] = [
  { name: "no pool is named, none is the default", want: [] },
  { name: "a pool with room", query: { defaultIPv4IPPool: ["two"] }, want: ["IPv4 two free"] },
  { name: "a full pool", records: full, query: { defaultIPv4IPPool: ["two"] }, want: ["IPv4 two full"] },
  {
    name: "a pool whose last address is set aside",
    records: { "10.3.0.10": taken },
    reserved: ["10.3.0.11"],
    query: { defaultIPv4IPPool: ["two"] },
    want: ["IPv4 two full"],
  },
  {
    name: "a full pool and one with room",
    records: full,
    query: { defaultIPv4IPPool: ["two", "v4a"] },
    want: ["IPv4 two,v4a free"],
  },
  {
    name: "a pattern, and both families",
    records: full,
    query: { defaultIPv4IPPool: ["tw?"], defaultIPv6IPPool: ["v6a"] },
    want: ["IPv4 two full", "IPv6 v6a free"],
  },
  { name: "a pool that is not there", query: { defaultIPv4IPPool: ["none"] }, want: ["IPv4 none full"] },
  { name: "a pool of the other family", query: { defaultIPv4IPPool: ["v6a"] }, want: ["IPv4 v6a full"] },
  {
    name: "a disabled pool",
    pools: { two: { ...two, disable: true } },
    query: { defaultIPv4IPPool: ["two"] },
    want: ["IPv4 two full"],
  },
  {
    name: "a pool of another node",
    pools: { two: { ...two, nodeName: ["n2"] } },
    query: { defaultIPv4IPPool: ["two"] },
    want: ["IPv4 two full"],
  },
  {
    name: "a pool of one namespace",
    pools: { two: { ...two, namespaceName: ["ns1"] } },
    query: { defaultIPv4IPPool: ["two"] },
    want: ["IPv4 two free"],
  },
  { name: "the default pools", pools: { two: { ...two, default: true } }, records: full, want: ["IPv4 two full"] },
  {
    name: "a family that is off",
    agent: { features: { enableIPv6: false } },
    query: { defaultIPv4IPPool: ["two"], defaultIPv6IPPool: ["v6a"] },
    want: ["IPv4 two free"],
  },
];
for (const { name, pools = { two }, records, reserved, agent: options, query = {}, want } of cases) {
  testIpam(`capacity() of ${name}`, async () => {
    await using cluster = await Cluster.start();
    for (const [pool, spec] of Object.entries(pools)) await cluster.pool(pool, spec);
    if (records !== undefined) await cluster.putRecords("two", records);
    if (reserved !== undefined) await cluster.reservedIP("r", reserved);
    assert.deepEqual(await ask(cluster, await cluster.agent(options), query), want);
  });
}

testIpam("capacity() is read again after ten seconds, not at every question", async () => {
  await using cluster = await Cluster.start({ pools: { two } });
  const agent = await cluster.agent();
  const query = { defaultIPv4IPPool: ["two"] };
  assert.deepEqual(await ask(cluster, agent, query), ["IPv4 two free"]);
  await cluster.putRecords("two", full);
  assert.deepEqual(await ask(cluster, agent, query), ["IPv4 two free"]);
  assert.equal(agent.connection.count("get spiderippools"), 1);
  await cluster.advance(10_000);
  assert.deepEqual(await ask(cluster, agent, query), ["IPv4 two full"]);
}, { onlyEmbedded: true });

testIpam("agent 5: clock set back by an hour: capacity() is read again after ten seconds all the same", async () => {
  await using cluster = await Cluster.start({ pools: { two } });
  let setMs = 0;
  const clock: Clock = {
    now: () => cluster.clock.now() + setMs,
    steady: () => cluster.clock.now(),
    sleep: (ms, signal) => cluster.clock.sleep(ms, signal),
  };
  const agent = new Agent({ clock, drive: (promise) => cluster.drive(promise) }, cluster.api.connect("agent-n1"), {});
  try {
    await cluster.drive(agent.ready());
    const query = { defaultIPv4IPPool: ["two"] };
    assert.deepEqual(await ask(cluster, agent, query), ["IPv4 two free"]);
    await cluster.putRecords("two", full);
    setMs = -3_600_000;
    await cluster.advance(10_000);
    assert.deepEqual(await ask(cluster, agent, query), ["IPv4 two full"]);
  } finally {
    await agent.stop();
  }
}, { onlyEmbedded: true });
