import assert from "node:assert/strict";
import { denoVersionOf } from "./deno_version_of.ts";

const cases: [string, string | undefined][] = [
  ["", undefined],
  ["Deno/", undefined],
  ["xxDeno/2.7.11+6ddbb09yy", "2.7.11"],
  ["Deno/0.80.0 was old, Deno/2.9.6", "2.9.6"],
  ["Deno/2.9.6 and Deno/next", "2.9.6"],
];
for (const [text, want] of cases) {
  Deno.test(`denoVersionOf() of "${text}"`, () => assert.equal(denoVersionOf(new TextEncoder().encode(text)), want));
}
