import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { seededRandom } from "../../net/base/random.ts";
import { resourceClient } from "./client.ts";
import type { KubeRequest, KubeResponse } from "./contract.ts";
import { EventRecorder } from "./events.ts";
import { type EventInput, eventType } from "./event_object.ts";
import { drive, fakeTransport, jsonAnswer, settled, statusAnswer } from "./fake_transport.ts";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const pod = { apiVersion: "v1", kind: "Pod", name: "web-0", namespace: "a", uid: "u" };
const full: EventInput = { object: pod, type: "Warning", reason: "PoolFull", message: "all 4 addresses are in use" };

function setUp(answer: (request: KubeRequest, index: number) => KubeResponse = echo) {
  const clock = new FakeClock(START_MS);
  let index = 0;
  const transport = fakeTransport((request) => answer(request, index++));
  const controller = new AbortController();
  const recorder = new EventRecorder({
    events: resourceClient(transport, eventType, { clock }),
    clock,
    random: seededRandom(1),
    log: silentLog,
    component: "spiderpool-agent",
    host: "n1",
    signal: controller.signal,
  });
  const sent = () =>
    transport.requests.map(({ method, path, body }) => ({ method, path, json: JSON.parse(body ?? "null") }));
  return { clock, controller, recorder, sent };
}

function echo({ body }: KubeRequest): KubeResponse {
  return jsonAnswer(200, { metadata: { name: "e" }, ...JSON.parse(body ?? "{}") });
}

Deno.test("EventRecorder creates an Event, and counts up its repetition", async () => {
  const { clock, recorder, sent } = setUp();
  recorder.record(full);
  await recorder.flush();
  clock.advance(60_000);
  recorder.record(full);
  await recorder.flush();
  const [created, patched] = sent();
  const { metadata, ...event } = created?.json ?? {};
  assert.deepEqual([created?.method, created?.path], ["POST", "/api/v1/namespaces/a/events"]);
  assert.match(metadata.name, /^web-0\.[0-9a-f]{12}$/);
  assert.deepEqual(event, {
    apiVersion: "v1",
    kind: "Event",
    involvedObject: pod,
    type: "Warning",
    reason: "PoolFull",
    message: "all 4 addresses are in use",
    count: 1,
    firstTimestamp: "2026-01-02T03:04:05Z",
    lastTimestamp: "2026-01-02T03:04:05Z",
    source: { component: "spiderpool-agent", host: "n1" },
    reportingComponent: "spiderpool-agent",
    reportingInstance: "n1",
  });
  assert.deepEqual(patched, {
    method: "PATCH",
    path: `/api/v1/namespaces/a/events/${metadata.name}`,
    json: { count: 2, lastTimestamp: "2026-01-02T03:05:05Z" },
  });
});

Deno.test("EventRecorder sends what repeats while it waits as one", async () => {
  const { recorder, sent } = setUp();
  for (let time = 0; time < 5; time++) recorder.record(full);
  await recorder.flush();
  assert.deepEqual(sent().map(({ json }) => json.count), [5]);
});

Deno.test("EventRecorder counts up what has the same cause, whatever its message says", async () => {
  const { recorder, sent } = setUp();
  recorder.record({ ...full, cause: "full", message: "3 of 4" });
  await recorder.flush();
  recorder.record({ ...full, cause: "full", message: "4 of 4", times: 7 });
  recorder.record({ ...full, cause: "other", message: "4 of 4", times: 2 });
  await recorder.flush();
  assert.deepEqual(sent().map(({ method, json }) => [method, json.count, json.message]), [
    ["POST", 1, "3 of 4"],
    ["PATCH", 8, undefined],
    ["POST", 2, "4 of 4"],
  ]);
});

Deno.test("EventRecorder tells different objects, reasons and messages apart", async () => {
  const { recorder, sent } = setUp();
  recorder.record(full);
  recorder.record({ ...full, object: { ...pod, uid: "other" } });
  recorder.record({ ...full, reason: "Other" });
  recorder.record({ ...full, message: "other" });
  recorder.record({ ...full, type: "Normal" });
  await recorder.flush();
  assert.deepEqual(sent().map(({ method }) => method), ["POST", "POST", "POST", "POST", "POST"]);
});

Deno.test("EventRecorder puts Events of cluster-scoped objects into the default namespace", async () => {
  const { recorder, sent } = setUp();
  recorder.record({ ...full, object: { apiVersion: "example.io/v2", kind: "Pool", name: "p" } });
  await recorder.flush();
  assert.equal(sent()[0]?.path, "/api/v1/namespaces/default/events");
  assert.equal(sent()[0]?.json.metadata.namespace, "default");
});

Deno.test("EventRecorder creates an Event anew that the server has forgotten", async () => {
  const { recorder, sent } = setUp((request) =>
    request.method === "PATCH" ? statusAnswer(404, "NotFound") : echo(request)
  );
  recorder.record(full);
  await recorder.flush();
  recorder.record(full);
  await recorder.flush();
  assert.deepEqual(sent().map(({ method }) => method), ["POST", "PATCH", "POST"]);
  assert.deepEqual([sent()[2]?.json.count, recorder.dropped], [1, 0]);
});

Deno.test("EventRecorder counts what a lost answer may have counted: a count never goes back", async () => {
  const { recorder, sent } = setUp((request, index) => index === 1 ? statusAnswer(504, "Timeout") : echo(request));
  for (let i = 0; i < 3; i++) {
    recorder.record(full);
    await recorder.flush();
  }
  assert.deepEqual(sent().map(({ json }) => json.count), [1, 2, 3]);
});

Deno.test("EventRecorder gives up what the server refuses, and goes on", async () => {
  const { recorder, sent } = setUp((request, index) => index === 0 ? statusAnswer(403, "Forbidden") : echo(request));
  recorder.record(full);
  recorder.record({ ...full, reason: "Next" });
  await recorder.flush();
  assert.deepEqual([sent().length, recorder.dropped], [2, 1]);
});

Deno.test("EventRecorder sends 25 at once, then one a second, and holds no more than 256", async () => {
  const { clock, recorder, sent } = setUp();
  for (let index = 0; index < 300; index++) recorder.record({ ...full, message: `message ${index}` });
  assert.equal(recorder.dropped, 300 - 256);
  await settled();
  await settled();
  assert.ok(sent().length <= 25);
  await drive(clock, recorder.flush());
  assert.equal(sent().length, 256);
  assert.equal(Math.round((clock.now() - START_MS) / 1000), 256 - 25);
});

Deno.test("EventRecorder forgets the oldest of more than 512", async () => {
  const { clock, recorder, sent } = setUp();
  for (let index = 0; index <= 512; index++) {
    recorder.record({ ...full, message: `message ${index}` });
    await drive(clock, recorder.flush());
  }
  for (const index of [0, 512]) recorder.record({ ...full, message: `message ${index}` });
  await drive(clock, recorder.flush());
  assert.deepEqual(sent().slice(-2).map(({ method }) => method), ["POST", "PATCH"]);
});

Deno.test("EventRecorder cuts what is too long for the server", async () => {
  const { recorder, sent } = setUp();
  const object = { ...pod, name: `${"x".repeat(239)}.${"y".repeat(10)}` };
  recorder.record({ object, type: "Normal", reason: "r".repeat(500), message: "m".repeat(5000) });
  await recorder.flush();
  const { metadata, reason, message } = sent()[0]?.json ?? {};
  assert.deepEqual([reason.length, message.length], [128, 1024]);
  assert.match(metadata.name, /^x{239}\.[0-9a-f]{12}$/);
});

Deno.test("EventRecorder ends by its signal, and drops what comes later", async () => {
  const { clock, controller, recorder } = setUp();
  for (let index = 0; index < 30; index++) recorder.record({ ...full, message: `message ${index}` });
  for (let turn = 0; turn < 20; turn++) await settled();
  controller.abort();
  await recorder.flush();
  recorder.record(full);
  assert.deepEqual([recorder.dropped, clock.next()], [6, undefined]);
});
