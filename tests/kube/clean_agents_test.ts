/** Uninstall stops the agents first: they would write again what it removes. */
import assert from "node:assert/strict";
import { agents, left, putEverything, run, startEmpty } from "./clean_world.ts";
import { interceptingTransport } from "./intercepting_transport.ts";
import type { Body, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const daemonSets = "/apis/apps/v1/namespaces/ns1/daemonsets";

async function putAgents(cluster: Cluster, status: Body): Promise<void> {
  const labels = { app: "agent" };
  const containers = [{ name: "agent", image: "agent" }];
  const template = { metadata: { labels }, spec: { nodeSelector: { "kubernetes.io/os": "linux" }, containers } };
  const spec = { selector: { matchLabels: labels }, template };
  await cluster.create(daemonSets, { metadata: { name: "agent" }, spec });
  await cluster.patch(`${daemonSets}/agent/status`, { status });
}

testIpam("clean() stops the agents before it deletes anything", async () => {
  await using cluster = await startEmpty();
  await putEverything(cluster);
  await putAgents(cluster, { observedGeneration: 1, currentNumberScheduled: 2 });
  let looks = 0;
  const transport = interceptingTransport(cluster.transport, async (request) => {
    if (request.method !== "GET" || request.path !== `${daemonSets}/agent`) return;
    assert.equal(left(cluster).length, 18);
    looks++;
    const status = { observedGeneration: 2, currentNumberScheduled: 0, numberMisscheduled: Math.max(0, 3 - looks) };
    await cluster.patch(`${daemonSets}/agent/status`, { status });
  });
  assert.deepEqual(await run(cluster, { agents, transport }), []);
  assert.deepEqual([looks, left(cluster)], [3, []]);
  const [daemonSet] = cluster.snapshot({ group: "apps", plural: "daemonsets" });
  assert.match(JSON.stringify(daemonSet), /"nodeSelector":\{"kubernetes.io\/os":"none"\}/);
}, { onlyEmbedded: true });

testIpam(
  "clean() goes on without agents, with agents that never stop, and with agents nobody ever started",
  async () => {
    await using cluster = await startEmpty();
    const startMs = cluster.clock.now();
    assert.deepEqual(await run(cluster, { agents }), []);
    await putAgents(cluster, {});
    assert.deepEqual(await run(cluster, { agents }), []);
    assert.ok(cluster.clock.now() - startMs < 5_000, "there was nothing to wait for");
    await cluster.patch(`${daemonSets}/agent/status`, { status: { observedGeneration: 2, numberMisscheduled: 1 } });
    await putEverything(cluster);
    assert.deepEqual(await run(cluster, { agents }), []);
    assert.deepEqual(left(cluster), []);
  },
  { onlyEmbedded: true },
);
