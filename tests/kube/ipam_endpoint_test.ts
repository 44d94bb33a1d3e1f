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
