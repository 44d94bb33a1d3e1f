import assert from "node:assert/strict";
import { compareVersions } from "./versions.ts";

const cases: [a: string, b: string, sign: -1 | 0 | 1][] = [
  ["0.3.1", "0.4.0", -1],
  ["0.10.0", "0.9.0", 1],
  ["1.0", "1.0.0", 0],
  ["1", "1.0.0", 0],
  ["", "0.1.0", 0],
  ["1.1.0", "1.0.0", 1],
  ["new", "0.1.0", -1],
  ["1.0.0.0", "0.1.0", -1],
];
for (const [a, b, sign] of cases) {
  Deno.test(`compareVersions() of ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
    assert.equal(Math.sign(compareVersions(a, b)), sign);
    assert.equal(Math.sign(compareVersions(b, a)), sign === 0 ? 0 : -sign);
  });
}
