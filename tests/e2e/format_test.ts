import assert from "node:assert/strict";
import { parseFormat, withFormat } from "./format.ts";

const cases = [
  { text: undefined, want: "bundle" },
  { text: "", want: "bundle" },
  { text: "bundle", want: "bundle" },
  { text: "compile", want: "compile" },
];

for (const { text, want } of cases) {
  Deno.test(`parseFormat(${text}) is ${want}`, () => assert.equal(parseFormat(text), want));
}

Deno.test("parseFormat() refuses what is no format", () => {
  assert.throws(() => parseFormat("auto"), { name: "TypeError", message: /SPIDERPOOL_E2E_FORMAT=auto/ });
});

Deno.test("withFormat() changes the line that makes the image, and nothing else", () => {
  const lines = ["deno task cluster up", "deno task image"];
  assert.deepEqual(withFormat(lines, "bundle"), lines);
  assert.deepEqual(withFormat(lines, "compile"), ["deno task cluster up", "deno task image --format compile"]);
  assert.throws(() => withFormat([], "bundle"), /Cannot choose the format/);
});
