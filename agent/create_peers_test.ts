import assert from "node:assert/strict";
import { defaultConf, parseConf } from "./config/conf.ts";
import { peerOptionsOf } from "./create_peers.ts";
import { MeterBench } from "./metrics/meter_fixture.ts";
import type { Peer } from "./peer/mod.ts";

const port: Parameters<typeof peerOptionsOf>[0] = {
  directory: { self: "n1", live: () => [] },
  exchange: { send: () => Promise.reject(new TypeError("Cannot send: nobody is asked here")) },
};

Deno.test("agent 4: peerOptionsOf() goes by a timeout that was taken over", () => {
  const conf = defaultConf();
  let now = conf;
  const { timeoutMs, timeoutNow } = peerOptionsOf(port, { conf, confNow: () => now });
  now = parseConf("agent: {peerCommit: {timeout: 300ms}}").conf;
  assert.deepEqual([timeoutMs, timeoutNow?.()], [1000, 300]);
});

Deno.test("peerOptionsOf() has messages both ways counted where there are metrics", async () => {
  const bench = await MeterBench.open();
  const peer: Peer = { node: "n2", address: "10.0.0.2:5713", certificate: "" };
  const answering = { ...port, exchange: { send: () => Promise.resolve({ kind: "answered", body: "" } as const) } };
  const { exchange, observer } = peerOptionsOf(answering, { conf: defaultConf(), metrics: bench.metrics });
  await exchange.send(peer, { operation: "hello", body: "" }, { timeoutMs: 1 });
  observer?.answered("commit", 503);
  const seen = await bench.scrape();
  assert.equal(seen.value('spiderpool_peer_requests_total{operation="hello",outcome="answered"}'), 1);
  assert.equal(seen.value('spiderpool_peer_answers_total{operation="commit",code="503"}'), 1);
});

Deno.test("peerOptionsOf() puts nothing in between where there are none", () => {
  const { exchange, observer } = peerOptionsOf(port, { conf: defaultConf() });
  assert.equal(exchange, port.exchange);
  assert.equal(observer, undefined);
});
