/** Faults on request, through both transports of the embedded API. */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { httpTransport, KubeConnectionError } from "../../crd/kube/mod.ts";
import { EmbeddedApi, faultRules } from "../apiserver/server.ts";
import type { FaultRule } from "../apiserver/server.ts";
import { call, jsonCall, pick, readLines } from "./call.ts";
import { configMap } from "./objects.ts";

const path = "/api/v1/namespaces/default/configmaps";

interface Setup {
  readonly api: EmbeddedApi;
  readonly transport: KubeTransport;
}

/** Registers a test for the in-process transport and for HTTP. */
function testFaults(name: string, rules: readonly FaultRule[], test: (setup: Setup) => Promise<void>): void {
  const newApi = () =>
    new EmbeddedApi({ clock: systemClock, random: seededRandom(1), faults: faultRules(rules, seededRandom(2)) });
  Deno.test(`faults in process: ${name}`, async () => {
    const api = newApi();
    await test({ api, transport: api.transport });
  });
  Deno.test(`faults over HTTP: ${name}`, async () => {
    const api = newApi();
    const served = await api.serve();
    const client = Deno.createHttpClient({});
    try {
      await test({ api, transport: httpTransport({ server: served.url, client }) });
    } finally {
      client.close();
      await served.shutdown();
    }
  });
}

const answers = [
  { status: 409, reason: "Conflict" },
  { status: 429, reason: "TooManyRequests", retryAfterSeconds: 7 },
  { status: 500, reason: "InternalError" },
  { status: 503, reason: "ServiceUnavailable" },
] as const;

for (const { reason, ...answer } of answers) {
  testFaults(
    `${answer.status} without doing anything`,
    [{ verb: "create", fault: { answer } }],
    async ({ api, transport }) => {
      const { status, headers, json } = await call(transport, { method: "POST", path, body: configMap("a") });
      assert.equal(status, answer.status);
      assert.equal(pick(json, "reason"), reason);
      const seconds = "retryAfterSeconds" in answer ? answer.retryAfterSeconds : undefined;
      assert.equal(headers.get("retry-after"), seconds === undefined ? null : String(seconds));
      assert.equal(pick(json, "details.retryAfterSeconds"), seconds);
      assert.deepEqual(api.snapshot({ group: "", plural: "configmaps" }), []);
    },
  );
}

for (const lose of ["before", "after"] as const) {
  const rules = [{ verb: "create", count: 1, fault: { lose } }] as const;
  testFaults(`an answer lost ${lose} the write`, rules, async ({ api, transport }) => {
    await assert.rejects(call(transport, { method: "POST", path, body: configMap("a") }), KubeConnectionError);
    assert.equal(api.snapshot({ group: "", plural: "configmaps" }).length, lose === "after" ? 1 : 0);
    const { status } = await call(transport, { method: "POST", path, body: configMap("a") });
    assert.equal(status, lose === "after" ? 409 : 201);
  });
}

const cut = [{ verb: "watch", fault: { watch: { cutAfterEvents: 2 } } }] as const;
testFaults("a watch that breaks after two events", cut, async ({ transport }) => {
  const response = await transport.request({ method: "GET", path, query: { watch: "true" } });
  assert.ok(response.body);
  const lines: unknown[] = [];
  const reading = (async () => {
    for await (const chunk of response.body ?? []) lines.push(...new TextDecoder().decode(chunk).trim().split("\n"));
  })();
  const broken = assert.rejects(reading);
  for (const name of ["a", "b", "c"]) await jsonCall(transport, { method: "POST", path, body: configMap(name) });
  await broken;
  assert.equal(lines.length, 2);
});

const end = [{ verb: "watch", fault: { watch: { cutAfterEvents: 1, cutAs: "end" } } }] as const;
testFaults("a watch that ends after one event", end, async ({ transport }) => {
  const response = await transport.request({ method: "GET", path, query: { watch: "true" } });
  assert.ok(response.body);
  await jsonCall(transport, { method: "POST", path, body: configMap("a") });
  assert.equal((await readLines(response.body, 10)).length, 1);
});

const late = [{ verb: "watch", fault: { watch: { delayEventsMs: 40 } } }] as const;
testFaults("events that arrive late keep their order", late, async ({ transport }) => {
  const response = await transport.request({ method: "GET", path, query: { watch: "true" } });
  assert.ok(response.body);
  for (const name of ["a", "b", "c"]) await jsonCall(transport, { method: "POST", path, body: configMap(name) });
  const lines = await readLines(response.body, 3);
  assert.deepEqual(lines.map((line) => pick(line, "object.metadata.name")), ["a", "b", "c"]);
});

testFaults("delays before and after", [{ fault: { delayBeforeMs: 20, delayAfterMs: 20 } }], async ({ transport }) => {
  const start = performance.now();
  await jsonCall(transport, { method: "POST", path, body: configMap("a") });
  assert.ok(performance.now() - start >= 35);
});
