import assert from "node:assert/strict";
import { goArray, goBoolean, goObject, goString, parseGoJson } from "./go_json.ts";

const item = goObject<{ name: string; tags: string[]; on: boolean }>({
  name: goString,
  tags: goArray(goString, 3),
  on: goBoolean,
});
const zero = { name: "", tags: [], on: false };

const good = [
  { name: "keys in any case", text: '{"NAME":"a","Tags":["x"],"oN":true}', want: { name: "a", tags: ["x"], on: true } },
  { name: "unknown keys ignored", text: '{"other":{"deep":[1]},"name":"a"}', want: { ...zero, name: "a" } },
  { name: "null members are zero", text: '{"name":null,"tags":null,"on":null}', want: zero },
  { name: "null at the top is zero", text: " null ", want: zero },
  { name: "null in an array is the zero element", text: '{"tags":[null,"b"]}', want: { ...zero, tags: ["", "b"] } },
  { name: "the last spelling wins", text: '{"name":"a","Name":"b"}', want: { ...zero, name: "b" } },
  { name: "null does not undo an earlier spelling", text: '{"name":"a","Name":null}', want: { ...zero, name: "a" } },
  { name: "a key named __proto__ is unknown", text: '{"__proto__":{"name":"a"}}', want: zero },
];
for (const { name, text, want } of good) {
  Deno.test(`parseGoJson() reads: ${name}`, () => {
    assert.deepEqual(parseGoJson(text, item), want);
  });
}

const bad = [
  { name: "empty text", text: "", want: /^it is empty$/ },
  { name: "blank text", text: " \n", want: /^it is empty$/ },
  { name: "no JSON", text: "{name:1}", want: /^it is not JSON: \{name:1\}$/ },
  { name: "trailing garbage", text: "{} x", want: /^it is not JSON/ },
  { name: "array for object", text: "[]", want: /^\$ must be an object, it is an array$/ },
  { name: "number for string", text: '{"Name":1}', want: /^\$\.Name must be a string, it is a number$/ },
  { name: "string for array", text: '{"tags":"x"}', want: /^\$\.tags must be an array, it is a string$/ },
  { name: "wrong element", text: '{"tags":["x",{}]}', want: /^\$\.tags\[1\] must be a string, it is an object$/ },
  { name: "string for boolean", text: '{"on":"true"}', want: /^\$\.on must be a boolean, it is a string$/ },
  { name: "too many elements", text: '{"tags":["","","",""]}', want: /^\$\.tags has 4 elements, at most 3 are read$/ },
  { name: "too long", text: " ".repeat(256 * 1024 + 1), want: /longer than 262144 characters/ },
];
for (const { name, text, want } of bad) {
  Deno.test(`parseGoJson() refuses: ${name}`, () => {
    assert.throws(() => parseGoJson(text, item), (error) => error instanceof SyntaxError && want.test(error.message));
  });
}
