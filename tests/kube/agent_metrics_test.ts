/** The metrics of a whole agent over the embedded API: what requests through its socket make of them. */
import assert from "node:assert/strict";
import type { IpamAddArgs } from "../../agent/api/mod.ts";
import { Exposition } from "../../agent/metrics/exposition_fixture.ts";
import { allRows, seriesNames } from "../../agent/metrics/rows.ts";
import { findPromtool } from "../../scripts/promtool.ts";
import { runTool } from "../shared/run_tool.ts";
import { testUnless } from "../shared/skip.ts";
import { Cluster } from "./ipam_cluster.ts";
import { withMeteredAgent } from "./metered_agent.ts";

/** An ADD of `eth0`. */
function argsOf(podName: string, podUID: string): IpamAddArgs {
  return {
    containerID: `c-${podName}`,
    ifName: "eth0",
    netNamespace: "/proc/1/ns/net",
    podNamespace: "ns1",
    podName,
    podUID,
    cleanGateway: false,
  };
}

/** A Pod that names pool `v4a`, which has three addresses. */
async function podOf(cluster: Cluster, name: string, pool = "v4a"): Promise<IpamAddArgs> {
  return argsOf(name, await cluster.pod(name, { annotations: { ippool: JSON.stringify({ ipv4: [pool] }) } }));
}

Deno.test("agent rows 12.1, 12.2, 12.4, 12.5, 12.7: ADD, DEL and refusals move the documented metrics; those of pools follow the records", async () => {
  await using cluster = await Cluster.start({ http: true });
  const conf = { agent: { peerCommit: { enabled: false }, waitForFreeAddress: "10ms" } };
  await withMeteredAgent(cluster.transport, { conf }, async ({ client, metrics }) => {
    const pods = [];
    for (const name of ["p1", "p2", "p3", "p4"]) pods.push(await podOf(cluster, name));
    const [p1, p2, p3, p4] = pods as [IpamAddArgs, IpamAddArgs, IpamAddArgs, IpamAddArgs];
    for (const args of [p1, p2, p3]) await client.allocate(args);
    await assert.rejects(client.allocate(p4));
    await assert.rejects(client.allocate(await podOf(cluster, "p5", "nowhere")));
    await cluster.removePod("p1");
    await client.release(p1);
    const seen = new Exposition(await metrics());
    const want: Readonly<Record<string, number>> = {
      spiderpool_ipam_allocation_counts_total: 5,
      spiderpool_ipam_allocation_failure_counts_total: 2,
      spiderpool_ipam_allocation_err_ip_used_out_counts_total: 1,
      spiderpool_ipam_allocation_err_no_available_pool_counts_total: 1,
      spiderpool_ipam_allocation_err_internal_counts_total: 0,
      spiderpool_ipam_allocation_duration_seconds_count: 5,
      spiderpool_ipam_release_counts_total: 1,
      spiderpool_ipam_release_failure_counts_total: 0,
      spiderpool_ipam_release_duration_seconds_count: 1,
      spiderpool_ipam_journal_entries: 0,
      spiderpool_ipam_journal_oldest_seconds: 0,
      spiderpool_ipam_owed_releases: 0,
      spiderpool_ipam_owed_release_failing_seconds: 0,
      spiderpool_ipam_allocations_in_progress: 0,
      'spiderpool_ippool_size_addresses{ippool="v4a"}': 3,
      'spiderpool_ippool_used_addresses{ippool="v4a"}': 2,
      'spiderpool_ippool_free_addresses{ippool="v4a"}': 1,
      'spiderpool_ippool_quarantined_addresses{ippool="v4a"}': 0,
      'spiderpool_ippool_committer{ippool="v4a"}': 1,
      'spiderpool_ippool_queue_requests{ippool="v4a"}': 0,
      'spiderpool_ippool_commits_total{outcome="done"}': 4,
      spiderpool_ippool_commit_claims_sum: 3,
      'spiderpool_kube_requests_total{verb="update",resource="spiderippools/status",code="200"}': 4,
      'spiderpool_watch_synced{resource="spiderippools"}': 1,
      'spiderpool_watch_synced{resource="pods"}': 1,
      'spiderpool_server_connections{server="metrics"}': 1, // the one that asks
      'spiderpool_server_connections{server="probes"}': 0,
      'spiderpool_server_evicted_connections_total{server="plugins"}': 0,
    };
    for (const [series, value] of Object.entries(want)) assert.equal(seen.value(series), value, series);
  });
});

/** Metrics that have labels, and that the requests of {@linkcode busyMetrics} do not move. */
const unmoved = new Set([
  "spiderpool_peer_requests_total",
  "spiderpool_peer_answers_total",
  "spiderpool_peer_handed_over_total",
  "spiderpool_peer_fallbacks_total",
  "spiderpool_peer_served_total",
  "spiderpool_peer_turned_away_total",
  "spiderpool_sysctl_outcome",
]);

/** What an agent shows after one ADD. */
async function busyMetrics(env: Readonly<Record<string, string>>): Promise<string> {
  await using cluster = await Cluster.start({ http: true });
  let text = "";
  await withMeteredAgent(cluster.transport, { env }, async ({ client, metrics }) => {
    await client.allocate(await podOf(cluster, "p1"));
    text = await metrics();
  });
  return text;
}

Deno.test("operations row 14.6: a scrape has every metric of the table with its type, and no other", async () => {
  const { types } = new Exposition(await busyMetrics({ SPIDERPOOL_ENABLED_DEBUG_METRIC: "true" }));
  const want = allRows.map(({ name, kind }) => [name, kind] as const);
  assert.deepEqual(new Map([...types].toSorted()), new Map(want.toSorted()));
});

Deno.test("operations 1.3: a scrape has a series of every metric", async () => {
  const { names } = new Exposition(await busyMetrics({ SPIDERPOOL_ENABLED_DEBUG_METRIC: "true" }));
  for (const row of allRows) {
    const isThere = seriesNames(row).every((name) => names.has(name));
    assert.equal(isThere, !unmoved.has(row.name) && !row.name.includes("release_min"), row.name);
  }
});

Deno.test("operations 1.2: former names are shown beside the others only where that is switched on", async () => {
  const former = allRows.flatMap(({ former, scope }) => former === undefined || scope === "debug" ? [] : [former]);
  const on = new Exposition(await busyMetrics({ SPIDERPOOL_ENABLED_FORMER_METRIC_NAMES: "true" }));
  const off = new Exposition(await busyMetrics({}));
  for (const name of former) assert.deepEqual([on.types.has(name), off.types.has(name)], [true, false], name);
  assert.equal(on.value("spiderpool_ipamAllocationCountsName_total"), 1);
  assert.equal(on.value("spiderpool_ipam_allocation_counts_total"), 1);
});

Deno.test("agent rows 3.3, 6.3, operations row 1.1.2: without SPIDERPOOL_ENABLED_METRIC nobody listens, and `metric` says how to switch it on", async () => {
  await using cluster = await Cluster.start({ http: true });
  const env = { SPIDERPOOL_ENABLED_METRIC: "false" };
  await withMeteredAgent(cluster.transport, { env }, async ({ client, metrics }) => {
    await client.allocate(await podOf(cluster, "p1"));
    await assert.rejects(metrics(), /SPIDERPOOL_ENABLED_METRIC/);
  });
});

Deno.test("agent row 3.10, operations row 1.1.2: an agent whose metrics port is another's does not start", async () => {
  await using cluster = await Cluster.start({ http: true });
  using other = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const env = { SPIDERPOOL_METRIC_HTTP_PORT: String(other.addr.port) };
  const started = withMeteredAgent(cluster.transport, { env }, () => assert.fail("it started"));
  await assert.rejects(started, new RegExp(`^Error: Cannot serve metrics on port ${other.addr.port}: `));
});

const promtool = findPromtool();

testUnless(promtool === undefined ? "needs promtool of Debian's prometheus" : undefined, {
  name: "operations row 14.6: promtool check metrics finds nothing to say",
  async fn() {
    const file = Deno.makeTempFileSync({ prefix: "metrics-" });
    Deno.writeTextFileSync(file, await busyMetrics({ SPIDERPOOL_ENABLED_DEBUG_METRIC: "true" }));
    const said = runTool("sh", ["-c", '"$0" check metrics < "$1" 2>&1', promtool!, file]);
    Deno.removeSync(file);
    assert.equal(said, "");
  },
});
