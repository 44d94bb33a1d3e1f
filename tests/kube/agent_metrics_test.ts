/** The metrics of a whole agent over the embedded API: what requests through its socket make of them. */
import assert from "node:assert/strict";
import type { IpamAddArgs } from "../../agent/api/mod.ts";
import { Exposition } from "../shared/exposition.ts";
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

Deno.test("agent 12: ADD, DEL and refusals move the documented metrics; those of pools follow the records", async () => {
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
    };
    for (const [series, value] of Object.entries(want)) assert.equal(seen.value(series), value, series);
  });
});
