import assert from "node:assert/strict";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import { drive, settled } from "../../crd/kube/fake_transport.ts";
import { LateError } from "./deadline.ts";
import {
  apiError,
  deleted,
  endpoint,
  finalizer,
  listed,
  ownerOf,
  resultOf,
  setUp,
  writeOf,
} from "./endpoint_store_fixture.ts";

const lost = new KubeConnectionError("PUT /x", { cause: new Error("connection reset") });
for (const when of ["before", "after"] as const) {
  Deno.test(`EndpointStore.write() finds out about a create whose answer was lost ${when} it was done`, async () => {
    const { endpoints, write } = setUp();
    endpoints.faults.push({ when, err: lost });
    assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
    assert.deepEqual(endpoints.log, when === "before" ? ["create", "get", "create"] : ["create", "get"]);
  });

  Deno.test(`EndpointStore.write() finds out about an update whose answer was lost ${when} it was done`, async () => {
    const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
    endpoints.faults.push({ when, err: apiError(500, "InternalError") });
    const written = await write("U1", [resultOf("10.1.0.11", "net1")]);
    assert.equal(listed(written), "U1: eth0 10.1.0.10/24, net1 10.1.0.11/24");
    assert.deepEqual(endpoints.log, when === "before" ? ["update", "get", "update"] : ["update", "get"]);
  });
}

Deno.test("EndpointStore.write() reads again after a conflict", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  const stale = endpoints.stored;
  endpoints.stored = endpoint("U1", { eth0: "10.1.0.10", net2: "10.1.0.12" }, { resourceVersion: "77" });
  const written = await write("U1", [resultOf("10.1.0.11", "net1")], stale);
  assert.equal(listed(written), "U1: eth0 10.1.0.10/24, net2 10.1.0.12/24, net1 10.1.0.11/24");
  assert.deepEqual(endpoints.log, ["update", "get", "update"]);
});

Deno.test("EndpointStore.write() creates again what went after it was read", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  const stale = endpoints.stored;
  endpoints.stored = undefined;
  assert.equal(listed(await write("U1", [resultOf("10.1.0.11", "net1")], stale)), "U1: net1 10.1.0.11/24");
  assert.deepEqual(endpoints.log, ["update", "get", "create"]);
});

Deno.test("EndpointStore.write() waits with pauses for an endpoint that a foreign finalizer holds, until the deadline", async () => {
  const { endpoints, write, clock } = setUp(endpoint("U0", {}, { ...deleted, finalizers: [finalizer, "other/x"] }));
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), {
    name: "EndpointHeldError",
    message: 'Cannot write SpiderEndpoint "ns1/p": an earlier one is being deleted, and a finalizer of somebody else ' +
      "holds it; look at its metadata.finalizers",
  });
  assert.ok(clock.now() >= 5000);
  assert.ok(endpoints.log.length < 100, `${endpoints.log.length} requests`);
});

Deno.test("EndpointStore.write() gives up at the deadline with what went wrong last", async () => {
  const { endpoints, write, clock } = setUp();
  for (let i = 0; i < 1000; i++) endpoints.faults.push({ when: "before", err: lost });
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), lost);
  assert.ok(clock.now() >= 5000 && clock.now() < 6000);
});

Deno.test("EndpointStore.write() tries again before its deadline, however long the server asks it to wait", async () => {
  const { endpoints, store, clock, call } = setUp();
  endpoints.faults.push({ when: "before", err: apiError(429, "TooManyRequests", 60_000) });
  const mayReplace = () => Promise.resolve();
  const options = { ...call, deadlineMs: 30_000, existing: undefined, mayReplace };
  await drive(clock, store.write(ownerOf("U1"), writeOf([resultOf("10.1.0.10")]), options));
  assert.deepEqual([endpoints.log, clock.now()], [["create", "get", "create"], 10_000]);
});

Deno.test("EndpointStore.write() takes a refusal for an answer", async () => {
  const { endpoints, write } = setUp();
  endpoints.faults.push({ when: "before", err: apiError(403, "Forbidden") });
  await assert.rejects(write("U1", [resultOf("10.1.0.10")]), { status: 403 });
  assert.deepEqual(endpoints.log, ["create"]);
});

Deno.test("EndpointStore.write() says what went wrong when its signal ends it", async () => {
  const { endpoints, store, call, stop } = setUp();
  endpoints.faults.push({ when: "before", err: lost });
  const mayReplace = () => Promise.resolve();
  const done = store.write(ownerOf("U1"), writeOf([resultOf("10.1.0.10")]), {
    ...call,
    existing: undefined,
    mayReplace,
  });
  done.catch(() => undefined);
  await settled();
  stop.abort(new LateError({ ms: 5000, action: "Cannot allocate addresses" }));
  await assert.rejects(done, {
    message: "Cannot allocate addresses: exhaust all retries: nothing came of it within 5000 ms, last: " +
      "Cannot PUT /x: the connection to the API server failed: connection reset",
  });
});
