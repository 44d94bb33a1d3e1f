import assert from "node:assert/strict";
import { encodeProfile, gzip, type ProfileData } from "./pprof.ts";

const add = { name: "add", file: "a.js", line: 10 };
const main = { name: "main", file: "a.js", line: 1 };
const data: ProfileData = {
  types: [{ type: "cpu", unit: "ns" }],
  samples: [{ stack: [add, main], values: [5] }, { stack: [main], values: [300] }],
  period: { type: "cpu", unit: "ns", value: 9 },
  takenAt: 2,
  durationMs: 0.001,
};

Deno.test("encodeProfile() writes message Profile with each text and each function once", () => {
  assert.deepEqual([...encodeProfile(data)], [
    ...[0x0a, 4, 0x08, 1, 0x10, 2], // sample_type
    ...[0x12, 7, 0x0a, 2, 1, 2, 0x12, 1, 5], // sample: location_id, value
    ...[0x12, 7, 0x0a, 1, 2, 0x12, 2, 0xac, 0x02],
    ...[0x22, 8, 0x08, 1, 0x22, 4, 0x08, 1, 0x10, 10], // location 1: line
    ...[0x2a, 10, 0x08, 1, 0x10, 3, 0x18, 3, 0x20, 4, 0x28, 10], // function 1: names, file, start line
    ...[0x22, 8, 0x08, 2, 0x22, 4, 0x08, 2, 0x10, 1],
    ...[0x2a, 10, 0x08, 2, 0x10, 5, 0x18, 5, 0x20, 4, 0x28, 1],
    ...[0x5a, 4, 0x08, 1, 0x10, 2, 0x60, 9], // period_type, period
    ...[0x48, 0x80, 0x89, 0x7a, 0x50, 0xe8, 0x07], // time_nanos, duration_nanos
    ...["", "cpu", "ns", "add", "a.js", "main"].flatMap((text) => [
      0x32,
      text.length,
      ...new TextEncoder().encode(text),
    ]),
  ]);
});

Deno.test("encodeProfile() writes a time of this century", () => {
  const takenAt = Date.UTC(2026, 0, 1);
  assert.doesNotThrow(() => encodeProfile({ ...data, takenAt, samples: [] }));
});

Deno.test("gzip() can be undone", async () => {
  const bytes = encodeProfile(data);
  const plain = new Blob([await gzip(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
  assert.deepEqual(new Uint8Array(await new Response(plain).arrayBuffer()), bytes);
});
