import assert from "node:assert/strict";
import { ProtoWriter } from "./protobuf.ts";

const varints: [name: string, value: number | bigint, bytes: number[]][] = [
  ["zero", 0, [0x08, 0x00]],
  ["one byte", 127, [0x08, 0x7f]],
  ["150, the example of the documentation", 150, [0x08, 0x96, 0x01]],
  ["2^32", 2 ** 32, [0x08, 0x80, 0x80, 0x80, 0x80, 0x10]],
  ["2^53 - 1", Number.MAX_SAFE_INTEGER, [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ["2^64 - 1", 2n ** 64n - 1n, [0x08, ...new Array(9).fill(0xff), 0x01]],
];
for (const [name, value, bytes] of varints) {
  Deno.test(`ProtoWriter.varint() writes ${name}`, () => {
    assert.deepEqual([...new ProtoWriter().varint(1, value).finish()], bytes);
  });
}

for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n]) {
  Deno.test(`ProtoWriter.varint() refuses ${value}`, () => {
    assert.throws(() => new ProtoWriter().varint(1, value), RangeError);
  });
}

Deno.test("ProtoWriter writes texts, messages, packed numbers and fields above 15", () => {
  const inner = new ProtoWriter().varint(1, 150);
  const bytes = new ProtoWriter().bytes(2, "testing").bytes(3, inner).packed(4, [3, 270, 86_942]).varint(16, 1)
    .finish();
  assert.deepEqual([...bytes], [
    ...[0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67],
    ...[0x1a, 0x03, 0x08, 0x96, 0x01],
    ...[0x22, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05],
    ...[0x80, 0x01, 0x01],
  ]);
});

Deno.test("ProtoWriter grows", () => {
  const bytes = new ProtoWriter().bytes(1, "a".repeat(1000)).varint(2, 7).finish();
  assert.equal(bytes.length, 1 + 2 + 1000 + 2);
  assert.deepEqual([...bytes.subarray(0, 4)], [0x0a, 0xe8, 0x07, 0x61]);
});
