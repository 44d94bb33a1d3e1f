import assert from "node:assert/strict";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { KnownEndpoints } from "./known_endpoints.ts";

const key = { namespace: "ns", name: "p" };

/** The endpoint of a Pod with `uid`, owned by it. */
function endpointOf(uid: string, more: Partial<SpiderEndpoint["metadata"]> = {}): SpiderEndpoint {
  const ownerReferences = [{ apiVersion: "v1", kind: "Pod", name: "p", uid }];
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: { ...key, resourceVersion: "7", ownerReferences, ...more },
    status: { current: { uid, node: "n1", ips: [] }, ownerControllerName: "p", ownerControllerType: "Pod" },
  };
}

const notKept: readonly { name: string; endpoint: SpiderEndpoint }[] = [
  { name: "of another Pod of that name", endpoint: endpointOf("u2") },
  { name: "that outlives its Pod", endpoint: endpointOf("u1", { ownerReferences: [] }) },
  {
    name: "that another Pod owns",
    endpoint: endpointOf("u1", { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "u0" }] }),
  },
  { name: "that is too long", endpoint: endpointOf("u1", { annotations: { note: "x".repeat(10_000) } }) },
];

for (const { name, endpoint } of notKept) {
  Deno.test(`KnownEndpoints does not tell an endpoint ${name}`, () => {
    const known = new KnownEndpoints();
    known.remember(endpoint);
    assert.equal(known.of(key, "u1"), undefined);
  });
}

Deno.test("KnownEndpoints tells what was written last, without managedFields, until it is forgotten", () => {
  const known = new KnownEndpoints();
  known.remember(endpointOf("u1", { resourceVersion: "6" }));
  const managed = { managedFields: [{ manager: "spiderpool-agent" }] } as Partial<SpiderEndpoint["metadata"]>;
  known.remember(endpointOf("u1", managed));
  assert.deepEqual(known.of(key, "u1"), endpointOf("u1"));
  known.forget(key);
  assert.equal(known.of(key, "u1"), undefined);
});

Deno.test("KnownEndpoints: what cannot be kept any more replaces what was", () => {
  const known = new KnownEndpoints();
  known.remember(endpointOf("u1"));
  known.remember(endpointOf("u1", { ownerReferences: [] }));
  assert.equal(known.of(key, "u1"), undefined);
});

Deno.test("KnownEndpoints is bounded: those written longest ago go first", () => {
  const known = new KnownEndpoints();
  for (let i = 0; i < 2000; i++) known.remember(endpointOf(`u${i}`, { name: `p${i}` }));
  assert.equal(known.size, 1024);
  assert.equal(known.of({ namespace: "ns", name: "p0" }, "u0"), undefined);
  assert.equal(known.of({ namespace: "ns", name: "p1999" }, "u1999")?.metadata.name, "p1999");
});
