import assert from "node:assert/strict";
import type { JsonObject } from "./json.ts";
import { addedFinalizerErrors, metadataErrors, nameErrors } from "./names.ts";

const names = [
  { name: "web-1.example", rule: "subdomain", ok: true },
  { name: "Web", rule: "subdomain", ok: false },
  { name: "-web", rule: "subdomain", ok: false },
  { name: "a".repeat(253), rule: "subdomain", ok: true },
  { name: "a".repeat(254), rule: "subdomain", ok: false },
  { name: "a.b", rule: "label", ok: false },
  { name: "1a", rule: "label", ok: true },
  { name: "1a", rule: "label1035", ok: false },
  { name: "system:node", rule: "path", ok: true },
  { name: "a/b", rule: "path", ok: false },
  { name: "..", rule: "path", ok: false },
] as const;
for (const { name, rule, ok } of names) {
  Deno.test(`nameErrors("${name.slice(0, 20)}", ${rule}) ${ok ? "accepts" : "refuses"}`, () => {
    assert.equal(nameErrors(name, rule).length === 0, ok);
  });
}

const owner = { apiVersion: "v1", kind: "Pod", name: "p", uid: "u", controller: true };
const metadata: readonly { name: string; metadata: JsonObject; paths: string[] }[] = [
  { name: "nothing", metadata: {}, paths: [] },
  { name: "good labels", metadata: { labels: { "a.b/c": "", d: "E_1.x" } }, paths: [] },
  { name: "a bad label key", metadata: { labels: { "a/b/c": "x" } }, paths: ["metadata.labels"] },
  { name: "a bad label value", metadata: { labels: { a: "no spaces" } }, paths: ["metadata.labels"] },
  { name: "a long label value", metadata: { labels: { a: "x".repeat(64) } }, paths: ["metadata.labels"] },
  { name: "a label that is a number", metadata: { labels: { a: 1 } }, paths: ["metadata.labels"] },
  { name: "labels that are a list", metadata: { labels: ["a"] }, paths: ["metadata.labels"] },
  { name: "annotations with any text", metadata: { annotations: { "a.b/C": "any text {}" } }, paths: [] },
  {
    name: "too many annotations",
    metadata: { annotations: { a: "x".repeat(300_000) } },
    paths: ["metadata.annotations"],
  },
  { name: "a bad finalizer", metadata: { finalizers: ["not good"] }, paths: ["metadata.finalizers"] },
  {
    name: "two that exclude each other",
    metadata: { finalizers: ["orphan", "foregroundDeletion"] },
    paths: ["metadata.finalizers"],
  },
  {
    name: "an owner without uid",
    metadata: { ownerReferences: [{ ...owner, uid: "" }] },
    paths: ["metadata.ownerReferences.uid"],
  },
  {
    name: "two controllers",
    metadata: { ownerReferences: [owner, { ...owner, uid: "v" }] },
    paths: ["metadata.ownerReferences"],
  },
];
for (const { name, metadata: value, paths } of metadata) {
  Deno.test(`metadataErrors() of ${name}`, () => {
    assert.deepEqual(metadataErrors(value).map(({ path }) => path), paths);
  });
}

Deno.test("addedFinalizerErrors() lets finalizers go, not come", () => {
  assert.deepEqual(addedFinalizerErrors(["a", "b"], ["b"]), []);
  assert.equal(addedFinalizerErrors(["a"], ["a", "c"])[0]?.reason, "FieldValueForbidden");
});
