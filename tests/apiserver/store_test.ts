import assert from "node:assert/strict";
import { builtinResources } from "./builtin.ts";
import type { ApiObject } from "./object.ts";
import { Store } from "./store.ts";

const found = builtinResources().find(({ kind }) => kind === "ConfigMap");
assert.ok(found);
const resource = found;

function object(name: string, data: Record<string, string> = {}): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "ns", uid: name }, data };
}

function newStore(limits: Partial<{ events: number; bytes: number }> = {}): Store {
  return new Store({ events: 100, bytes: 1e9, ...limits });
}

function names(versions: readonly { object: ApiObject }[]): string[] {
  return versions.map((version) => version.object.metadata.name);
}

Deno.test("Store orders objects by key, whatever the order of writes", () => {
  const store = newStore();
  for (const name of ["b", "a-1", "a", "c"]) store.put(resource, object(name));
  assert.deepEqual(names(store.collection(resource).list("ns/")), ["a", "a-1", "b", "c"]);
});

Deno.test("Store.at() shows the past: creates, changes and removals undone", () => {
  const store = newStore();
  store.put(resource, object("a", { v: "1" }));
  const past = store.put(resource, object("b")).revision;
  store.put(resource, object("a", { v: "2" }));
  store.remove(resource, { namespace: "ns", name: "b" });
  store.put(resource, object("c"));
  assert.deepEqual(names(store.at(resource, past)), ["a", "b"]);
  assert.deepEqual(store.at(resource, past)[0]?.object.data, { v: "1" });
  assert.deepEqual(names(store.collection(resource).list("")), ["a", "c"]);
});

Deno.test("Store gives each write the next revision, a removal too", () => {
  const store = newStore();
  const first = store.put(resource, object("a"));
  const removed = store.remove(resource, { namespace: "ns", name: "a" });
  assert.equal(removed?.revision, first.revision + 1);
  assert.equal(removed?.object.metadata.resourceVersion, String(first.revision + 1));
  assert.equal(store.revision, first.revision + 1);
  assert.equal(store.remove(resource, { namespace: "ns", name: "a" }), undefined);
});

Deno.test("Store keeps so many events and forgets the rest", () => {
  const store = newStore({ events: 2 });
  const revisions = ["a", "b", "c", "d"].map((name) => store.put(resource, object(name)).revision);
  const collection = store.collection(resource);
  assert.equal(collection.floor, revisions[1]);
  assert.deepEqual(collection.since(collection.floor).map(({ revision }) => revision), revisions.slice(2));
});

Deno.test("Store keeps so many bytes of events, the last one always", () => {
  const store = newStore({ bytes: 1000 });
  for (const name of ["a", "b", "c"]) store.put(resource, object(name, { big: "x".repeat(2000) }));
  assert.equal(store.collection(resource).since(0).length, 1);
});

Deno.test("Store refuses what etcd would, and stays as it was", () => {
  const store = newStore();
  const { revision } = store.put(resource, object("a"));
  assert.throws(
    () => store.put(resource, object("a", { big: "x".repeat(1_600_000) })),
    /etcdserver: request is too large/,
  );
  assert.equal(store.revision, revision);
  assert.deepEqual(store.get(resource, { namespace: "ns", name: "a" })?.object.data, {});
});
