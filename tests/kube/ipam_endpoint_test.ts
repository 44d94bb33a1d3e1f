import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const key = { namespace: "ns1", name: "p" };

testIpam("the API server cannot be reached: CHECK fails at its deadline and says why", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  agent.connection.isDown = true;
  const startedMs = cluster.clock.now();
  await assert.rejects(cluster.drive(agent.ipam.service.endpoint(key, new AbortController().signal)), {
    name: "IpamError",
    message: "Cannot read SpiderEndpoint: exhaust all retries: nothing came of it within 30000 ms, last: Cannot GET " +
      "/apis/spiderpool.spidernet.io/v2beta1/namespaces/ns1/spiderendpoints/p: " +
      "the connection to the API server failed: connection refused",
  });
  assert.ok(cluster.clock.now() - startedMs < 31_000);
}, { onlyEmbedded: true });

testIpam("the API server does not answer: CHECK ends at its deadline, or when the caller hangs up", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent({ config: { deadlineMs: 5_000 } });
  cluster.api.setFaults(({ resource }) => resource === "spiderendpoints" ? { delayBeforeMs: 60_000 } : undefined);
  const startedMs = cluster.clock.now();
  await assert.rejects(cluster.drive(agent.ipam.service.endpoint(key, new AbortController().signal)), {
    code: "retries-exhausted",
  });
  assert.ok(cluster.clock.now() - startedMs < 6_000);
  const caller = new AbortController();
  const hungUp = agent.ipam.service.endpoint(key, caller.signal);
  hungUp.catch(() => undefined);
  await cluster.advance(0);
  const gone = new Error("the caller hung up");
  caller.abort(gone);
  await assert.rejects(hungUp, gone);
  assert.ok(cluster.clock.now() - startedMs < 6_000);
}, { onlyEmbedded: true });

const endpointPath = "/apis/spiderpool.spidernet.io/v2beta1/namespaces/ns1/spiderendpoints/p";
const losses: { name: string; lose: (cluster: Cluster) => Promise<unknown> }[] = [
  { name: "is being deleted", lose: (cluster) => cluster.delete(endpointPath) },
  {
    name: "has gone",
    async lose(cluster) {
      await cluster.delete(endpointPath);
      await cluster.patch(endpointPath, { metadata: { finalizers: null } });
    },
  },
  {
    name: "was emptied",
    lose: (cluster) => cluster.patch(endpointPath, { status: { current: { ips: [] } } }),
  },
];
for (const { name, lose } of losses) {
  testIpam(`a repeated ADD puts back an endpoint that ${name} under its living Pod`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const request = { podName: "p", podUID: await cluster.pod("p"), defaultIPv4IPPool: ["v4a"] };
    const first = await agent.add(request);
    const before = cluster.endpoint("p")?.status?.current.ips;
    await lose(cluster);
    await cluster.refresh();
    assert.deepEqual(await agent.add(request), first);
    await cluster.refresh();
    assert.deepEqual(cluster.endpoint("p")?.status?.current.ips, before);
    assert.equal(cluster.endpoint("p")?.metadata.deletionTimestamp, undefined);
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
  });
}
