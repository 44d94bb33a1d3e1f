import assert from "node:assert/strict";
import { WireError } from "./error.ts";
import { i32, u16, u16be, u32, u64, u8 } from "./scalar.ts";
import { alignUp, structTable } from "./struct.ts";

const place = { what: "thing", offset: 0 };

Deno.test("structTable() places fields as a C compiler does", () => {
  const cases = [
    { fields: { a: u8, b: u8, c: u8, d: u8, e: u32 }, size: 8 },
    { fields: { a: u8, b: i32, c: u16, d: u8, e: u8 }, size: 12 }, // struct ndmsg
    { fields: { a: u8, b: u16, c: i32, d: u32, e: u32 }, size: 16 }, // struct ifinfomsg
    { fields: { a: u32, b: u8 }, size: 8 },
    { fields: { a: u8, b: u64 }, size: 16 },
    { fields: { a: u8 }, size: 1 },
  ];
  assert.deepEqual(cases.map(({ fields }) => structTable("s", fields).size), cases.map(({ size }) => size));
});

Deno.test("structTable() writes padding as 0 and ignores it when reading", () => {
  const table = structTable("s", { a: u8, b: u16be, c: u8 });
  const value = { a: 1, b: 0x0203, c: 4 };
  assert.deepEqual([...table.encode(value)], [1, 0, 2, 3, 4, 0]);
  assert.deepEqual(table.decode(Uint8Array.of(1, 0xff, 2, 3, 4, 0xff), place), value);
});

Deno.test("structTable().of() fills in 0", () => {
  const table = structTable("s", { a: u8, b: u64, c: u32 });
  assert.deepEqual(table.of({ c: 7 }), { a: 0, b: 0n, c: 7 });
});

Deno.test("structTable() refuses another length and a field that does not fit", () => {
  const table = structTable("s", { a: u8, b: u16 });
  assert.throws(() => table.decode(new Uint8Array(3), place), WireError);
  assert.throws(() => table.decode(new Uint8Array(5), place), WireError);
  assert.throws(() => table.encode({ a: 256, b: 0 }), RangeError);
});

Deno.test("structTable() reads from the middle of a buffer", () => {
  const table = structTable("s", { a: u8, b: u16be });
  const bytes = Uint8Array.of(9, 9, 9, 1, 0, 2, 3, 9);
  assert.deepEqual(table.decode(bytes.subarray(3, 7), place), { a: 1, b: 0x0203 });
});

Deno.test("alignUp() gives the next multiple", () => {
  assert.deepEqual([0, 1, 3, 4, 5].map((length) => alignUp(length, 4)), [0, 4, 4, 4, 8]);
});
