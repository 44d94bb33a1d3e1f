import assert from "node:assert/strict";
import type { KubeObject } from "./contract.ts";
import { decodeMetadata, listDecoder, objectDecoder } from "./decode.ts";

const type = { group: "example.io", version: "v2", kind: "Pool", plural: "pools", namespaced: false, hasStatus: true };
const head = { apiVersion: "example.io/v2", kind: "Pool" };
const decodePool = objectDecoder<KubeObject>(type);

Deno.test("objectDecoder() keeps what it does not know", () => {
  const object = { ...head, metadata: { name: "p", resourceVersion: "1", odd: true }, spec: { a: 1 } };
  assert.deepEqual(decodePool(object), object);
});

Deno.test("objectDecoder() fills in what items of lists lack", () => {
  assert.deepEqual(decodePool({ metadata: { name: "p" } }), { ...head, metadata: { name: "p" } });
});

Deno.test("objectDecoder() hands the object to the Kind's own decoder", () => {
  const decode = objectDecoder<KubeObject>(type, (json) => ({ ...json, metadata: { name: json.metadata.name + "!" } }));
  assert.equal(decode({ ...head, metadata: { name: "p" } }).metadata.name, "p!");
});

const refused: { name: string; json: unknown; want: RegExp }[] = [
  { name: "null", json: null, want: /not an object with metadata/ },
  { name: "an array", json: [], want: /not an object with metadata/ },
  { name: "no metadata", json: { ...head }, want: /not an object with metadata/ },
  { name: "no name", json: { ...head, metadata: {} }, want: /no metadata.name/ },
  { name: "an empty name", json: { ...head, metadata: { name: "" } }, want: /no metadata.name/ },
  {
    name: "a number as version",
    json: { ...head, metadata: { name: "p", resourceVersion: 1 } },
    want: /resourceVersion/,
  },
  { name: "a number as kind", json: { kind: 1, metadata: { name: "p" } }, want: /kind is not a string/ },
  { name: "another Kind", json: { ...head, kind: "Pod", metadata: { name: "p" } }, want: /it is a example.io\/v2 Pod/ },
  { name: "another version", json: { ...head, apiVersion: "v1", metadata: { name: "p" } }, want: /it is a v1 Pool/ },
];
for (const { name, json, want } of refused) {
  Deno.test(`objectDecoder() refuses ${name}`, () => {
    assert.throws(() => decodePool(json), (err) => err instanceof TypeError && want.test(err.message));
  });
}

Deno.test("decodeMetadata() takes a whole object from a server that knows no metadata answers", () => {
  const metadata = { name: "p", resourceVersion: "1" };
  const want = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
  assert.deepEqual(decodeMetadata({ ...head, metadata, spec: {} }), want);
  assert.deepEqual(decodeMetadata(want), want);
});

const lists: { name: string; json: unknown; want: unknown }[] = [
  {
    name: "a page",
    json: { metadata: { resourceVersion: "5", continue: "t" }, items: [{ metadata: { name: "p" } }] },
    want: { resourceVersion: "5", continue: "t", items: [{ ...head, metadata: { name: "p" } }] },
  },
  {
    name: "no items as null",
    json: { metadata: { resourceVersion: "5" }, items: null },
    want: { resourceVersion: "5", items: [] },
  },
  {
    name: "an empty token",
    json: { metadata: { resourceVersion: "5", continue: "" }, items: [] },
    want: { resourceVersion: "5", items: [] },
  },
];
for (const { name, json, want } of lists) {
  Deno.test(`listDecoder() reads ${name}`, () => assert.deepEqual(listDecoder(decodePool)(json), want));
}

for (const json of [null, {}, { metadata: {}, items: [] }, { metadata: { resourceVersion: "1" }, items: {} }]) {
  Deno.test(`listDecoder() refuses ${JSON.stringify(json)}`, () => {
    assert.throws(() => listDecoder(decodePool)(json), TypeError);
  });
}
