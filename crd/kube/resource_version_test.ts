import assert from "node:assert/strict";
import { compareResourceVersions } from "./resource_version.ts";

const cases: [string | undefined, string | undefined, number | undefined][] = [
  ["1", "2", -1],
  ["2", "1", 1],
  ["7", "7", 0],
  ["9", "10", -1],
  ["100", "99", 1],
  ["9007199254740993", "9007199254740992", 1],
  ["0", "1", -1],
  ["01", "1", undefined],
  ["opaque", "opaque", 0],
  ["opaque", "1", undefined],
  ["-1", "1", undefined],
  ["", "1", undefined],
  [undefined, "1", undefined],
  ["1", undefined, undefined],
];
for (const [a, b, want] of cases) {
  Deno.test(`compareResourceVersions(${a}, ${b}) is ${want}`, () => {
    const got = compareResourceVersions(a, b);
    assert.equal(got === undefined ? got : Math.sign(got), want);
  });
}
