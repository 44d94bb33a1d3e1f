import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { pods } from "../../crd/core/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import {
  type Answer,
  bodyOf,
  drive,
  fakeTransport,
  jsonAnswer,
  settled,
  statusAnswer,
} from "../../crd/kube/fake_transport.ts";
import { LateError } from "./deadline.ts";
import { patientReader } from "./patient.ts";

const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ns1" }, spec: {} };
const key = { namespace: "ns1", name: "p" };
const found: Answer = () => jsonAnswer(200, pod);
const refused: Answer = ({ method, path }) => {
  throw new KubeConnectionError(`${method} ${path}`, { cause: new Error("connection refused") });
};

function readerOver(...answers: readonly Answer[]) {
  const clock = new FakeClock();
  const transport = fakeTransport(...answers);
  const reader = patientReader(resourceClient(transport, pods, { clock, timeoutMs: 1000 }), {
    clock,
    random: () => 0.5,
  });
  const stop = new AbortController();
  return { clock, transport, reader, stop, signal: stop.signal };
}

const passing: { name: string; answer: Answer }[] = [
  { name: "no connection", answer: refused },
  { name: "no answer in time", answer: () => new Promise(() => {}) },
  { name: "a broken answer", answer: () => ({ status: 200, headers: new Headers(), body: bodyOf("{") }) },
  { name: "429", answer: () => statusAnswer(429, "TooManyRequests") },
  { name: "500", answer: () => statusAnswer(500, "InternalError") },
  { name: "503", answer: () => statusAnswer(503, "ServiceUnavailable") },
];
for (const { name, answer } of passing) {
  Deno.test(`patientReader() reads again after ${name}`, async () => {
    const { clock, reader, signal, transport } = readerOver(answer, answer, found);
    assert.equal((await drive(clock, reader.get(key, { signal }))).metadata.name, "p");
    assert.equal(transport.requests.length, 3);
  });
}

Deno.test("patientReader() waits as long as the server asks for", async () => {
  const { clock, reader, signal } = readerOver(
    () => statusAnswer(503, "ServiceUnavailable", { "retry-after": "3" }),
    found,
  );
  await drive(clock, reader.get(key, { signal }));
  assert.equal(clock.now(), 3000);
});

const final = [
  { name: "404", status: 404, reason: "NotFound" },
  { name: "403", status: 403, reason: "Forbidden" },
  { name: "410", status: 410, reason: "Expired" },
];
for (const { name, status, reason } of final) {
  Deno.test(`patientReader() takes ${name} for an answer`, async () => {
    const { reader, signal, transport } = readerOver(() => statusAnswer(status, reason), found);
    await assert.rejects(reader.get(key, { signal }), { status });
    assert.equal(transport.requests.length, 1);
  });
}

Deno.test("patientReader() says what went wrong last when the deadline has passed", async () => {
  const { clock, reader, stop } = readerOver(refused);
  const read = reader.tryGet(key, { signal: stop.signal });
  read.catch(() => undefined);
  await settled();
  stop.abort(new LateError({ ms: 500, action: "Cannot allocate addresses" }));
  await assert.rejects(read, {
    message: "Cannot allocate addresses: exhaust all retries: nothing came of it within 500 ms, last: " +
      "Cannot GET /api/v1/namespaces/ns1/pods/p: the connection to the API server failed: connection refused",
  });
  assert.equal(clock.next(), undefined);
});

Deno.test("patientReader() ends with the caller's reason when the caller has gone", async () => {
  const { reader, stop } = readerOver(refused);
  const read = reader.list({ signal: stop.signal });
  read.catch(() => undefined);
  await settled();
  stop.abort(new Error("has gone"));
  await assert.rejects(read, /^Error: has gone$/);
});

Deno.test("patientReader() tries once without a signal: nothing would end it", async () => {
  const { reader, transport } = readerOver(refused, found);
  await assert.rejects(reader.getMetadata(key), KubeConnectionError);
  assert.equal(transport.requests.length, 1);
});
