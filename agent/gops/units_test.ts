import assert from "node:assert/strict";
import { formatAge, formatBytes } from "./units.ts";

const sizes: [number, string][] = [
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1.00KB (1024 bytes)"],
  [1_572_864, "1.50MB (1572864 bytes)"],
  [3 * 1024 ** 3, "3.00GB (3221225472 bytes)"],
  [5 * 1024 ** 5, "5120.00TB (5629499534213120 bytes)"],
];
for (const [bytes, want] of sizes) {
  Deno.test(`formatBytes() of ${bytes}`, () => assert.equal(formatBytes(bytes), want));
}

const ages: [number, string][] = [
  [0.4, "0ms"],
  [999, "999ms"],
  [1000, "1s"],
  [3250, "3.2s"],
  [59_999, "59.9s"],
  [723_000, "12m3s"],
  [18_120_000, "5h2m"],
  [Infinity, "forever"],
];
for (const [ms, want] of ages) Deno.test(`formatAge() of ${ms} ms`, () => assert.equal(formatAge(ms), want));
