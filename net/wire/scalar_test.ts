import assert from "node:assert/strict";
import { WireError } from "./error.ts";
import { hostLittleEndian, i32, u16, u16be, u32, u32be, u64, u8 } from "./scalar.ts";

const place = { what: "number", offset: 8 };
const low = hostLittleEndian;

const cases = [
  { name: "u8", codec: u8, value: 0xfe, bytes: [0xfe] },
  { name: "u16", codec: u16, value: 0x0102, bytes: low ? [2, 1] : [1, 2] },
  { name: "u16be", codec: u16be, value: 0x8100, bytes: [0x81, 0] },
  { name: "u32", codec: u32, value: 0xfffffffe, bytes: low ? [0xfe, 255, 255, 255] : [255, 255, 255, 0xfe] },
  { name: "u32be", codec: u32be, value: 0x0a000001, bytes: [10, 0, 0, 1] },
  { name: "i32", codec: i32, value: -17, bytes: low ? [0xef, 255, 255, 255] : [255, 255, 255, 0xef] },
];
for (const { name, codec, value, bytes } of cases) {
  Deno.test(`${name} encodes and decodes`, () => {
    assert.deepEqual([...codec.encode(value)], bytes);
    assert.equal(codec.decode(Uint8Array.from(bytes), place), value);
  });

  Deno.test(`${name} refuses every other length`, () => {
    for (const length of [0, 1, 2, 3, 4, 5, 8].filter((length) => length !== bytes.length)) {
      assert.throws(() => codec.decode(new Uint8Array(length), place), WireError);
    }
  });
}

Deno.test("u64 encodes and decodes", () => {
  const bytes = u64.encode(0x0102030405060708n);
  assert.deepEqual([...bytes], low ? [8, 7, 6, 5, 4, 3, 2, 1] : [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(u64.decode(bytes, place), 0x0102030405060708n);
  assert.throws(() => u64.encode(1n << 64n), RangeError);
  assert.throws(() => u64.encode(-1n), RangeError);
});

const misfits = [
  { codec: u8, value: 256 },
  { codec: u8, value: -1 },
  { codec: u16, value: 0x10000 },
  { codec: u16be, value: 1.5 },
  { codec: u32, value: -1 },
  { codec: u32, value: 2 ** 32 },
  { codec: i32, value: 2 ** 31 },
  { codec: i32, value: NaN },
];
for (const { codec, value } of misfits) {
  Deno.test(`a scalar of ${codec.size} bytes refuses ${value}`, () => {
    assert.throws(() => codec.encode(value), RangeError);
  });
}

Deno.test("a scalar's error names place, length and type", () => {
  assert.throws(() => u32.decode(new Uint8Array(2), { what: "link attribute mtu", offset: 36 }), {
    name: "WireError",
    message: "Cannot decode link attribute mtu at offset 36: 2 bytes, want 4 (u32)",
    what: "link attribute mtu",
    offset: 36,
  });
});
