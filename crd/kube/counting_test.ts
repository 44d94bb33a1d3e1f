import assert from "node:assert/strict";
import type { KubeRequest } from "./contract.ts";
import { countingTransport, operationOf } from "./counting.ts";
import { KubeConnectionError } from "./errors.ts";
import { bodyOf, fakeTransport, statusAnswer } from "./fake_transport.ts";

const operations: [KubeRequest["method"], string, string][] = [
  ["GET", "/api/v1/pods", "list pods"],
  ["GET", "/api/v1/pods?watch", "watch pods"],
  ["GET", "/api/v1/namespaces/a/pods", "list pods"],
  ["GET", "/api/v1/namespaces/a/pods/p", "get pods"],
  ["PUT", "/api/v1/namespaces/a/pods/p/status", "update pods/status"],
  ["POST", "/api/v1/namespaces/a/pods", "create pods"],
  ["GET", "/api/v1/namespaces", "list namespaces"],
  ["GET", "/api/v1/namespaces/a", "get namespaces"],
  ["PATCH", "/apis/example.io/v2/pools/p", "patch pools"],
  ["PUT", "/apis/example.io/v2/pools/p/status", "update pools/status"],
  ["DELETE", "/apis/example.io/v2/pools/p", "delete pools"],
  ["DELETE", "/apis/example.io/v2/pools", "deletecollection pools"],
  ["GET", "/version", "get /version"],
];
for (const [method, url, want] of operations) {
  Deno.test(`operationOf(${method} ${url}) is ${want}`, () => {
    const [path = "", watch] = url.split("?");
    assert.equal(operationOf({ method, path, query: watch === undefined ? {} : { watch } }), want);
  });
}

Deno.test("countingTransport() counts requests, refusals, failures and bytes", async () => {
  const put: KubeRequest = { method: "PUT", path: "/apis/example.io/v2/pools/p", body: "größe" };
  const transport = countingTransport(fakeTransport(
    () => ({ status: 200, headers: new Headers(), body: bodyOf("123", "45") }),
    () => statusAnswer(409, "Conflict"),
    () => Promise.reject(new KubeConnectionError("PUT /x")),
    () => ({ status: 204, headers: new Headers(), body: null }),
  ));
  const first = await transport.request(put);
  assert.equal(await new Response(first.body).text(), "12345");
  await (await transport.request(put)).body?.cancel();
  await assert.rejects(transport.request(put), KubeConnectionError);
  await transport.request({ method: "GET", path: "/version" });
  const counts = transport.counts();
  assert.deepEqual([...counts.keys()], ["update pools", "get /version"]);
  const { bytesIn, ...rest } = counts.get("update pools") ?? { bytesIn: 0 };
  assert.deepEqual(rest, { requests: 3, refused: 1, failed: 1, bytesOut: 21 });
  assert.ok(bytesIn >= 5);
  transport.reset();
  assert.equal(transport.counts().size, 0);
});

Deno.test("countingTransport() leaves the answers alone when they are not to be counted", async () => {
  const body = bodyOf("123");
  const fake = fakeTransport(() => ({ status: 200, headers: new Headers(), body }));
  const transport = countingTransport(fake, { countAnswers: false });
  const answer = await transport.request({ method: "GET", path: "/version" });
  assert.equal(answer.body, body);
  await body.cancel();
  const count = { requests: 1, refused: 0, failed: 0, bytesOut: 0, bytesIn: 0 };
  assert.deepEqual(transport.counts(), new Map([["get /version", count]]));
});
