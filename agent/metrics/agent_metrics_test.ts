import assert from "node:assert/strict";
import { AddressSet } from "../../net/ip/set.ts";
import { parseAddress } from "../../net/ip/mod.ts";
import { poolViewOf } from "../../crd/ipam/pool_view.ts";
import type { PoolState } from "../../crd/ipam/pool_state.ts";
import type { IpamState } from "../ipam/mod.ts";
import type { Peer, PeerDirectory } from "../peer/mod.ts";
import { MeterBench } from "./meter_fixture.ts";
import { MAX_POOLS } from "./pool_meter.ts";

/** A pool of ten addresses, of which `.1` is a Pod's, `.2` in quarantine. */
function stateOf(pool: string, rest: Partial<PoolState> = {}): PoolState {
  const records = {
    "10.0.0.1": { pod: "ns1/a", podUid: "u1", node: "n1" },
    "10.0.0.2": { pod: "ns1/b/quarantine", podUid: "quarantine:2026-01-01T00:00:00Z", node: "n1" },
  };
  const view = poolViewOf({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name: pool, uid: "u", resourceVersion: "7", generation: 1 },
    spec: { subnet: "10.0.0.0/24", ips: ["10.0.0.1-10.0.0.10"] },
    status: { allocatedIPs: JSON.stringify(records), allocatedIPCount: 2 },
  });
  return { pool, view, isCurrent: true, waiting: 3, ...rest };
}

const reservedSet = AddressSet.ofValues(4, [parseAddress("10.0.0.9").value, parseAddress("10.0.0.10").value]);

function ipamState(pools: readonly PoolState[]): IpamState {
  const reserved = (family: 4 | 6) => family === 4 ? reservedSet : AddressSet.empty(family);
  const watches = [
    { resource: "pods", isSynced: true, heardMs: 8_500 },
    { resource: "nodes", isSynced: false, heardMs: undefined },
  ];
  const requests = { addsInProgress: 5, freeWaiters: 4 };
  const notes = { journalEntries: 6, journalOldestMs: 8_500, owedDels: 7, owedFailingMs: 90_000 };
  return { ...requests, ...notes, pools, reserved, watches, nowMs: 10_000 };
}

Deno.test("agent 15: queue length, waiters and the addresses of each pool by state are shown", async () => {
  const bench = await MeterBench.open();
  bench.metrics.follow({ state: () => Promise.resolve(ipamState([stateOf("v4")])) });
  const seen = await bench.scrape();
  const want = {
    size_addresses: 10,
    used_addresses: 2,
    quarantined_addresses: 1,
    reserved_addresses: 2,
    free_addresses: 6,
    current: 1,
    committer: 1,
    queue_requests: 3,
  };
  for (const [part, value] of Object.entries(want)) {
    assert.equal(seen.value(`spiderpool_ippool_${part}{ippool="v4"}`), value, part);
  }
  assert.equal(seen.value("spiderpool_ippools_not_shown"), 0);
  assert.equal(seen.value("spiderpool_ipam_allocations_in_progress"), 5);
  assert.equal(seen.value("spiderpool_ipam_free_address_waiters"), 4);
  assert.equal(seen.value("spiderpool_ipam_journal_entries"), 6);
  assert.equal(seen.value("spiderpool_ipam_journal_oldest_seconds"), 8.5);
  assert.equal(seen.value("spiderpool_ipam_owed_releases"), 7);
  assert.equal(seen.value("spiderpool_ipam_owed_release_failing_seconds"), 90);
});

Deno.test("PoolMeter shows no pool that is gone or was never read", async () => {
  const bench = await MeterBench.open();
  let pools = [stateOf("a"), stateOf("b", { isCurrent: false })];
  bench.metrics.follow({ state: () => Promise.resolve(ipamState(pools)) });
  const free = async (pool: string) =>
    (await bench.scrape()).value(`spiderpool_ippool_free_addresses{ippool="${pool}"}`);
  assert.deepEqual([await free("a"), await free("b")], [6, 6]);
  assert.equal((await bench.scrape()).value('spiderpool_ippool_current{ippool="b"}'), 0);
  pools = [stateOf("b"), stateOf("c", { view: undefined })];
  assert.deepEqual([await free("a"), await free("b"), await free("c")], [undefined, 6, undefined]);
});

Deno.test("PoolMeter bounds its labels: the first pools by name are shown, the rest is counted", async () => {
  const bench = await MeterBench.open();
  const { view } = stateOf("one");
  const pools = Array.from({ length: MAX_POOLS + 2 }, (_, i) => ({ ...stateOf("p"), pool: `p${1000 + i}`, view }));
  bench.metrics.follow({ state: () => Promise.resolve(ipamState(pools.reverse())) });
  const seen = await bench.scrape();
  assert.equal(seen.value("spiderpool_ippools_not_shown"), 2);
  const last = (number: number) => seen.value(`spiderpool_ippool_free_addresses{ippool="p${number}"}`);
  assert.deepEqual([last(1000 + MAX_POOLS - 1), last(1000 + MAX_POOLS)], [6, undefined]);
});

function peersOf(...nodes: string[]): readonly Peer[] {
  return nodes.map((node) => ({ node, address: `${node}:5713`, certificate: "" }));
}

Deno.test("PoolMeter names one committer for each pool among the agents that share writes", async () => {
  const live = peersOf("n1", "n2", "n3");
  const pools = Array.from({ length: 30 }, (_, i) => stateOf(`pool${i}`));
  const shown = await Promise.all(["n1", "n2", "n3"].map(async (self) => {
    const bench = await MeterBench.open();
    const directory: PeerDirectory = { self, live: () => live };
    const state = () => Promise.resolve(ipamState(pools));
    bench.metrics.follow({ state, directory, peerConnections: () => 2 });
    return await bench.scrape();
  }));
  for (const { pool } of pools) {
    const roles = shown.map((seen) => seen.value(`spiderpool_ippool_committer{ippool="${pool}"}`) ?? NaN);
    assert.deepEqual(roles.toSorted(), [0, 0, 1], pool);
  }
  assert.deepEqual(shown.map((seen) => seen.value("spiderpool_peer_agents")), [3, 3, 3]);
  assert.deepEqual(shown.map((seen) => seen.value("spiderpool_peer_connections")), [2, 2, 2]);
});

Deno.test("AgentMetrics.follow() shows how each watch stands", async () => {
  const bench = await MeterBench.open();
  bench.metrics.follow({ state: () => Promise.resolve(ipamState([])) });
  const seen = await bench.scrape();
  const of = (resource: string) =>
    ["synced", "lag_seconds"].map((part) => seen.value(`spiderpool_watch_${part}{resource="${resource}"}`));
  assert.deepEqual(of("pods"), [1, 1.5]);
  assert.deepEqual(of("nodes"), [0, undefined]);
});

Deno.test("agent 9: what became of each kernel parameter is shown", async () => {
  const bench = await MeterBench.open();
  bench.metrics.sysctls([
    { kind: "set", key: "net/ipv4/conf/all/forwarding", from: "0", to: 1 },
    { kind: "refused", key: "net/ipv4/conf/all/rp_filter", value: "1", err: new Error("read-only") },
  ]);
  const seen = await bench.scrape();
  for (const [name, outcome] of [["forwarding", "set"], ["rp_filter", "refused"]] as const) {
    const series = `spiderpool_sysctl_outcome{sysctl="net.ipv4.conf.all.${name}",outcome="${outcome}"}`;
    assert.equal(seen.value(series), 1);
  }
});

Deno.test("agent rows 3.5, 12.8, operations rows 1.1.3, 1.3.21: metrics for debugging are shown only when they are switched on", async () => {
  const NAME = "spiderpool_debug_auto_pool_waited_for_available_counts_total";
  assert.equal((await MeterBench.open()).metrics.onAutoPoolWait, undefined);
  assert.equal((await (await MeterBench.open()).scrape()).value(NAME), undefined);
  const bench = await MeterBench.open({ withDebug: true });
  bench.metrics.onAutoPoolWait?.();
  assert.equal((await bench.scrape()).value(NAME), 1);
});

Deno.test("AgentMetrics.quarantined() counts addresses in conflict", async () => {
  const bench = await MeterBench.open();
  bench.metrics.quarantined();
  assert.equal((await bench.scrape()).value("spiderpool_ipam_conflicting_addresses_total"), 1);
});
