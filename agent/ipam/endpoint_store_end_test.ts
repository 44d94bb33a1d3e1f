import assert from "node:assert/strict";
import { drive } from "../../crd/kube/fake_transport.ts";
import { endpoint, finalizer, setUp } from "./endpoint_store_fixture.ts";

Deno.test("EndpointStore.letGo() drops our finalizer and nobody else's", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}, { finalizers: ["other/x", finalizer] }));
  await drive(clock, store.letGo(endpoints.stored!, call));
  assert.deepEqual(endpoints.stored?.metadata.finalizers, ["other/x"]);
  await drive(clock, store.letGo(endpoints.stored!, call));
  assert.deepEqual(endpoints.log, ["patch"]);
});

Deno.test("EndpointStore.letGo() leaves alone what was made anew under the name, and does not mind what is gone", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const old = endpoints.stored!;
  endpoints.stored = endpoint("U2", {}, { uid: "E9", resourceVersion: "77" });
  await drive(clock, store.letGo(old, call));
  assert.deepEqual(endpoints.stored.metadata.finalizers, [finalizer]);
  endpoints.stored = undefined;
  await drive(clock, store.letGo(old, call));
  assert.equal(endpoints.stored, undefined);
});

Deno.test("EndpointStore.letGo() reads again after a conflict", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const stale = endpoints.stored!;
  endpoints.stored = { ...stale, metadata: { ...stale.metadata, resourceVersion: "77" } };
  await drive(clock, store.letGo(stale, call));
  assert.deepEqual(endpoints.stored.metadata.finalizers, []);
});

Deno.test("EndpointStore.remove() deletes the endpoint and lets it go", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  await drive(clock, store.remove(endpoints.stored!, call));
  assert.deepEqual([endpoints.stored, endpoints.log], [undefined, ["delete", "get", "patch"]]);
});

Deno.test("EndpointStore.remove() ends when a foreign finalizer holds the endpoint: ours is gone", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}, { finalizers: [finalizer, "other/x"] }));
  await drive(clock, store.remove(endpoints.stored!, call));
  assert.deepEqual(endpoints.stored?.metadata.finalizers, ["other/x"]);
  assert.deepEqual(endpoints.log, ["delete", "get", "patch"]);
});

Deno.test("EndpointStore.remove() leaves alone what was made anew under the name", async () => {
  const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
  const old = endpoints.stored!;
  endpoints.stored = endpoint("U2", {}, { uid: "E9", resourceVersion: "77" });
  await drive(clock, store.remove(old, call));
  assert.deepEqual([endpoints.stored.metadata.deletionTimestamp, endpoints.log], [undefined, ["delete", "get"]]);
});

for (const end of ["letGo", "remove"] as const) {
  Deno.test(`EndpointStore.${end}() leaves alone what the next Pod of the name has taken over meanwhile`, async () => {
    const { endpoints, store, call, clock } = setUp(endpoint("U1", {}));
    const released = endpoints.stored!;
    const takenOver = endpoint("U2", {}, { uid: released.metadata.uid ?? "", resourceVersion: "77" });
    endpoints.stored = takenOver;
    await drive(clock, store[end](released, call));
    assert.deepEqual(endpoints.stored, takenOver);
  });
}
