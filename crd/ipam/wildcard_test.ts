import assert from "node:assert/strict";
import { compilePattern, expandNames, isPattern } from "./wildcard.ts";

for (
  const { entry, want } of [
    { entry: "v4a", want: false },
    { entry: "v4?", want: true },
    { entry: "*", want: true },
    { entry: "[v4", want: false },
    { entry: "v4]", want: false },
    { entry: "v[4]a", want: true },
    { entry: "", want: false },
  ]
) {
  Deno.test(`isPattern() tells "${entry}": ${want}`, () => assert.equal(isPattern(entry), want));
}

for (
  const { pattern, yes, no } of [
    { pattern: "*", yes: ["", "a", "a.b-c"], no: [] },
    { pattern: "v4*", yes: ["v4", "v4a", "v4ab"], no: ["v6a", "av4"] },
    { pattern: "*a", yes: ["a", "aa", "v4a"], no: ["ab", ""] },
    { pattern: "a*b*c", yes: ["abc", "axbxc", "abbcc"], no: ["ab", "acb"] },
    { pattern: "v4?", yes: ["v4a"], no: ["v4", "v4ab"] },
    { pattern: "v[46]a", yes: ["v4a", "v6a"], no: ["v5a", "va"] },
    { pattern: "v[4-6]a", yes: ["v4a", "v5a", "v6a"], no: ["v7a"] },
    { pattern: "v[^4]a", yes: ["v6a"], no: ["v4a", "va"] },
    { pattern: "[a-cx-z]", yes: ["a", "z"], no: ["d", "w"] },
    { pattern: "[\\]\\-]", yes: ["]", "-"], no: ["\\"] },
    { pattern: "a\\*", yes: ["a*"], no: ["ab", "a"] },
    { pattern: "[!a]", yes: ["!", "a"], no: ["b"] },
  ]
) {
  Deno.test(`compilePattern() matches: ${pattern}`, () => {
    const matches = compilePattern(pattern);
    assert.deepEqual([yes.filter((name) => !matches(name)), no.filter(matches)], [[], []]);
  });
}

for (const pattern of ["[", "a[", "[]", "[]a]", "[^]", "[a-]", "[-a]", "[a", "a\\", "[a\\", "*".repeat(1025)]) {
  Deno.test(`compilePattern() refuses: ${pattern.slice(0, 8)}`, () => {
    assert.throws(() => compilePattern(pattern), SyntaxError);
  });
}

Deno.test("compilePattern() stays fast on many stars", () => {
  assert.equal(compilePattern(`${"*a".repeat(400)}b`)("a".repeat(253)), false);
});

const existing = ["v4b", "v4a", "v6a"];
for (
  const { name, entries, want } of [
    {
      name: "row 16: matches are sorted",
      entries: ["v4?"],
      want: { names: ["v4a", "v4b"], repeated: [], unmatched: [] },
    },
    {
      name: "row 17: overlap is one name",
      entries: ["v4*", "v4a"],
      want: { names: ["v4a", "v4b"], repeated: [], unmatched: [] },
    },
    { name: "row 18: no match", entries: ["zz*"], want: { names: [], repeated: [], unmatched: ["zz*"] } },
    { name: "row 19: half a class is a name", entries: ["[v4"], want: { names: ["[v4"], repeated: [], unmatched: [] } },
    { name: "a repeated name", entries: ["v4a", "v4a"], want: { names: ["v4a"], repeated: ["v4a"], unmatched: [] } },
    {
      name: "entry by entry",
      entries: ["v6a", "v4*"],
      want: { names: ["v6a", "v4a", "v4b"], repeated: [], unmatched: [] },
    },
  ]
) {
  Deno.test(`expandNames() expands: ${name}`, () => assert.deepEqual(expandNames(entries, existing), want));
}
