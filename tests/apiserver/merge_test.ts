/** Patches as pure functions: strategic merge, RFC 7386, leaves and their encoding. */
import assert from "node:assert/strict";
import { fieldsV1Of, pathsOfFieldsV1 } from "./fields_v1.ts";
import type { JsonObject } from "./json.ts";
import { leavesOf, pathSteps, shownPath, withoutLeaf } from "./leaves.ts";
import { builtinListShape, type MergeShapes } from "./list_keys.ts";
import { mergePatch } from "./patch.ts";
import { strategicMerge } from "./strategic_patch.ts";

const shapes: MergeShapes = (path, isList) => (isList ? builtinListShape(path) : { kind: "granular" });

const strategic: readonly { name: string; current: JsonObject; patch: JsonObject; want: JsonObject }[] = [
  {
    name: "merges keyed items and adds new ones",
    current: { spec: { containers: [{ name: "a", image: "1", tty: true }] } },
    patch: { spec: { containers: [{ name: "b", image: "3" }, { name: "a", image: "2" }] } },
    want: { spec: { containers: [{ name: "a", image: "2", tty: true }, { name: "b", image: "3" }] } },
  },
  {
    name: "deletes a keyed item",
    current: { spec: { containers: [{ name: "a" }, { name: "b" }] } },
    patch: { spec: { containers: [{ name: "a", $patch: "delete" }] } },
    want: { spec: { containers: [{ name: "b" }] } },
  },
  {
    name: "replaces a map",
    current: { data: { a: "1" } },
    patch: { data: { $patch: "replace", b: "2" } },
    want: { data: { b: "2" } },
  },
  {
    name: "orders a keyed list",
    current: { spec: { containers: [{ name: "a" }, { name: "b" }] } },
    patch: { spec: { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }], containers: [] } },
    want: { spec: { containers: [{ name: "b" }, { name: "a" }] } },
  },
  {
    name: "unites and deletes from a set",
    current: { metadata: { finalizers: ["a", "b"] } },
    patch: { metadata: { finalizers: ["c", "b"], "$deleteFromPrimitiveList/finalizers": ["a"] } },
    want: { metadata: { finalizers: ["b", "c"] } },
  },
  {
    name: "keeps only some keys",
    current: { strategy: { type: "RollingUpdate", rollingUpdate: {} } },
    patch: { strategy: { $retainKeys: ["type"], type: "Recreate" } },
    want: { strategy: { type: "Recreate" } },
  },
  { name: "replaces other lists", current: { args: ["a"] }, patch: { args: ["b"] }, want: { args: ["b"] } },
  { name: "removes nulls", current: { a: "1", b: "2" }, patch: { a: null }, want: { b: "2" } },
];
for (const { name, current, patch, want } of strategic) {
  Deno.test(`strategicMerge() ${name}`, () => {
    const before = JSON.stringify(current);
    assert.deepEqual(strategicMerge(current, patch), want);
    assert.equal(JSON.stringify(current), before);
  });
}

Deno.test("mergePatch() as in the examples of RFC 7386", () => {
  assert.deepEqual(mergePatch({ a: "b" }, { a: "c" }), { a: "c" });
  assert.deepEqual(mergePatch({ a: { b: "c" } }, { a: { b: "d", c: null } }), { a: { b: "d" } });
  assert.deepEqual(mergePatch({ a: [{ b: "c" }] }, { a: [1] }), { a: [1] });
  assert.deepEqual(mergePatch({ e: null }, { a: 1 }), { e: null, a: 1 });
  assert.deepEqual(mergePatch({}, { a: { bb: { ccc: null } } }), { a: { bb: {} } });
});

const object: JsonObject = {
  metadata: { labels: { "app.io/x": "1" }, finalizers: ["f"] },
  spec: { containers: [{ name: "a", image: "1" }], args: ["x"], empty: {} },
};
const paths = [
  ".metadata.labels.app.io/x",
  '.metadata.finalizers[="f"]',
  '.spec.containers[name="a"].name',
  '.spec.containers[name="a"].image',
  ".spec.args",
  ".spec.empty",
];

Deno.test("leavesOf() follows maps, keyed lists and sets", () => {
  assert.deepEqual([...leavesOf(object, shapes).keys()].map(shownPath), paths);
});

Deno.test("FieldsV1 gives back the paths it was made of", () => {
  const all = [...leavesOf(object, shapes).keys()].sort();
  const fields = fieldsV1Of(all);
  assert.deepEqual(pathsOfFieldsV1(fields).sort(), all);
  assert.deepEqual(fields["f:spec"], {
    "f:args": {},
    "f:containers": { 'k:{"name":"a"}': { "f:image": {}, "f:name": {} } },
    "f:empty": {},
  });
});

const removals = [
  {
    path: '.spec.containers[name="a"].image',
    want: { ...object, spec: { ...object.spec as JsonObject, containers: [{ name: "a" }] } },
  },
  { path: '.spec.containers[name="a"].name', want: { ...object, spec: { args: ["x"], empty: {} } } },
  { path: '.metadata.finalizers[="f"]', want: { ...object, metadata: { labels: { "app.io/x": "1" } } } },
];
for (const { path, want } of removals) {
  Deno.test(`withoutLeaf() takes ${path} away`, () => {
    const text = [...leavesOf(object, shapes).keys()].find((key) => shownPath(key) === path) ?? "";
    assert.deepEqual(withoutLeaf(object, pathSteps(text), { fields: [], shapes }), want);
  });
}
