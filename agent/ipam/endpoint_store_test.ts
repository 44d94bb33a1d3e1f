import assert from "node:assert/strict";
import { deleted, endpoint, finalizer, listed, ownerOf, resultOf, setUp, writeOf } from "./endpoint_store_fixture.ts";

Deno.test("EndpointStore.write() creates the endpoint with one request", async () => {
  const { endpoints, write } = setUp();
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["create"]);
  assert.deepEqual(endpoints.stored?.metadata.finalizers, [finalizer]);
});

Deno.test("EndpointStore.write() adds a NIC to what is there, and writes nothing that is there already (ipam row 69)", async () => {
  const { endpoints, write, asked } = setUp(endpoint("U1", { eth0: "10.1.0.10" }));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.11", "net1")])), "U1: eth0 10.1.0.10/24, net1 10.1.0.11/24");
  await write("U1", [resultOf("10.1.0.11", "net1")]);
  assert.deepEqual([endpoints.log, asked], [["update"], ["U1", "U1"]]);
});

Deno.test("EndpointStore.write() merges when somebody else created it first (ipam row 70)", async () => {
  const { endpoints, write } = setUp();
  endpoints.meanwhile = () => {
    endpoints.meanwhile = undefined;
    endpoints.stored = { ...endpoint("U1", { net1: "10.1.0.11" }) };
    endpoints.stored.metadata.resourceVersion = "77";
  };
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: net1 10.1.0.11/24, eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["create", "get", "update"]);
});

Deno.test("EndpointStore.write() lets go of an endpoint that is being deleted with an earlier Pod, then creates its own", async () => {
  const { endpoints, write } = setUp(endpoint("U0", { eth0: "10.1.0.9", net1: "10.1.0.8" }, deleted));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(endpoints.log, ["patch", "get", "create"]);
});

Deno.test("EndpointStore.write() keeps the other NICs of an endpoint that somebody deleted under the living Pod", async () => {
  const { endpoints, write } = setUp(endpoint("U1", { eth0: "10.1.0.9", net1: "10.1.0.8" }, deleted));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24, net1 10.1.0.8/24");
  assert.deepEqual(JSON.parse(endpoints.stored?.metadata.annotations?.["ipam.spidernet.io/attachments"] ?? ""), {
    eth0: { containerId: "c1" },
    net1: { containerId: "c1" },
  });
});

Deno.test("EndpointStore.write() replaces an earlier Pod's entries only after asking, and keeps them in the history (ipam row 71)", async () => {
  const { endpoints, write, asked } = setUp(endpoint("U0", { eth0: "10.1.0.9" }));
  assert.equal(listed(await write("U1", [resultOf("10.1.0.10")])), "U1: eth0 10.1.0.10/24");
  assert.deepEqual(asked, ["U0"]);
  assert.match(endpoints.stored?.metadata.annotations?.["ipam.spidernet.io/history"] ?? "", /10\.1\.0\.9/);
  assert.deepEqual(endpoints.stored?.metadata.ownerReferences?.map(({ uid }) => uid), ["U1"]);
});

Deno.test("EndpointStore.write() writes nothing when mayReplace refuses", async () => {
  const { endpoints, store, call } = setUp(endpoint("U2", { eth0: "10.1.0.9" }));
  const mayReplace = () => Promise.reject(new Error("another Pod has the name"));
  const write = writeOf([resultOf("10.1.0.10")]);
  const done = store.write(ownerOf("U1"), write, { ...call, existing: endpoints.stored, mayReplace });
  await assert.rejects(done, /another Pod has the name/);
  assert.deepEqual([listed(endpoints.stored), endpoints.log], ["U2: eth0 10.1.0.9/24", []]);
});
