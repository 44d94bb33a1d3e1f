import assert from "node:assert/strict";
import { keyOf, parseKey } from "./key.ts";

const cases = [
  { key: "a/p", object: { namespace: "a", name: "p" } },
  { key: "p", object: { name: "p" } },
];
for (const { key, object } of cases) {
  Deno.test(`keyOf() and parseKey() agree on ${key}`, () => {
    assert.equal(keyOf(object), key);
    assert.deepEqual(parseKey(key), object);
  });
}

for (const key of ["", "/", "a/", "/p", "a/b/c"]) {
  Deno.test(`parseKey() refuses ${JSON.stringify(key)}`, () => assert.throws(() => parseKey(key), SyntaxError));
}

Deno.test("keyOf() takes an empty namespace as none", () => assert.equal(keyOf({ namespace: "", name: "p" }), "p"));
