import assert from "node:assert/strict";
import type { KubeRequest, KubeResponse } from "../../crd/kube/contract.ts";
import type { PeerReply } from "../peer/mod.ts";
import { MeterBench } from "./meter_fixture.ts";

const pools = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";

const requests: readonly { request: KubeRequest; status: number | undefined; want: string }[] = [
  {
    request: { method: "PUT", path: `${pools}/v4/status` },
    status: 409,
    want: 'verb="update",resource="spiderippools/status",code="409"',
  },
  {
    request: { method: "GET", path: `${pools}/v4` },
    status: 200,
    want: 'verb="get",resource="spiderippools",code="200"',
  },
  {
    request: { method: "GET", path: pools, query: { watch: "true" } },
    status: 410,
    want: 'verb="watch",resource="spiderippools",code="410"',
  },
  { request: { method: "GET", path: "/readyz" }, status: 200, want: 'verb="get",resource="other",code="200"' },
  {
    request: { method: "GET", path: "/api/v1/namespaces/ns1/pods/p" },
    status: undefined,
    want: 'verb="get",resource="pods",code="error"',
  },
];

for (const { request, status, want } of requests) {
  Deno.test(`measuredTransport() counts ${want}`, async () => {
    const bench = await MeterBench.open();
    const transport = bench.metrics.transport({
      request() {
        bench.nowMs += 7;
        if (status === undefined) return Promise.reject(new Error("broken"));
        return Promise.resolve({ status, headers: new Headers(), body: null } satisfies KubeResponse);
      },
    });
    const answer = transport.request(request);
    await (status === undefined ? assert.rejects(answer, { message: "broken" }) : answer);
    const seen = await bench.scrape();
    assert.equal(seen.value(`spiderpool_kube_requests_total{${want}}`), 1);
    const verb = /verb="(\w+)"/.exec(want)?.[1];
    const timed = seen.value(`spiderpool_kube_request_duration_seconds_sum{verb="${verb}"}`);
    assert.equal(timed, verb === "watch" ? undefined : 0.007);
  });
}

Deno.test("measuredTransport() closes what is behind it", async () => {
  const bench = await MeterBench.open();
  let closed = 0;
  const request = () => Promise.reject(new Error("never asked"));
  bench.metrics.transport({ request, close: () => void closed++ }).close?.();
  bench.metrics.transport({ request }).close?.();
  assert.equal(closed, 1);
});

const replies: readonly { reply: PeerReply; want: string }[] = [
  { reply: { kind: "answered", body: "" }, want: "answered" },
  { reply: { kind: "refused", reason: "busy", status: 429 }, want: "refused" },
  { reply: { kind: "refused", reason: "Connection refused (os error 111)" }, want: "unreachable" },
  { reply: { kind: "unknown", reason: "broken" }, want: "unknown" },
  { reply: { kind: "unknown", reason: "late", isSilent: true }, want: "silent" },
  { reply: { kind: "refused", reason: "late", isSilent: true }, want: "silent" },
];

for (const { reply, want } of replies) {
  Deno.test(`measuredExchange() counts a reply that is ${reply.kind} as ${want}: ${JSON.stringify(reply)}`, async () => {
    const bench = await MeterBench.open();
    const exchange = bench.metrics.exchange({ send: () => Promise.resolve(reply) });
    const peer = { node: "n2", address: "10.0.0.2:5713", certificate: "" };
    assert.equal(await exchange.send(peer, { operation: "commit", body: "" }, { timeoutMs: 1 }), reply);
    const seen = await bench.scrape();
    assert.equal(seen.value(`spiderpool_peer_requests_total{operation="commit",outcome="${want}"}`), 1);
  });
}

Deno.test("AgentMetrics.peers counts answers by status", async () => {
  const bench = await MeterBench.open();
  for (const status of [200, 200, 421]) bench.metrics.peers.answered("commit", status);
  const seen = await bench.scrape();
  assert.equal(seen.value('spiderpool_peer_answers_total{operation="commit",code="200"}'), 2);
  assert.equal(seen.value('spiderpool_peer_answers_total{operation="commit",code="421"}'), 1);
});

Deno.test("AgentMetrics.peers counts what goes on between agents, each by its labels", async () => {
  const bench = await MeterBench.open();
  const { peers } = bench.metrics;
  peers.turnedAway("bad-token");
  for (let i = 0; i < 2; i++) peers.served("claim", "late");
  for (let i = 0; i < 3; i++) peers.handedOver("release", "refused");
  for (let i = 0; i < 4; i++) peers.fellBack("claim");
  const seen = await bench.scrape();
  const want = {
    'turned_away_total{reason="bad-token"}': 1,
    'served_total{request="claim",outcome="late"}': 2,
    'handed_over_total{request="release",outcome="refused"}': 3,
    'fallbacks_total{request="claim"}': 4,
  };
  for (const [series, value] of Object.entries(want)) {
    assert.equal(seen.value(`spiderpool_peer_${series}`), value, series);
  }
});
