import assert from "node:assert/strict";
import { attributeList, attributeTable, encodeAttribute, nestedType, splitAttributes } from "./attribute.ts";
import { cString, flag, rawBytes } from "./bytes.ts";
import { joinBytes } from "./codec.ts";
import { WireError } from "./error.ts";
import { hostLittleEndian, u16be, u32be, u8 } from "./scalar.ts";

const inner = attributeTable("inner attribute", { value: [1, u8] });
const table = attributeTable("attribute", {
  number: [1, u32be],
  name: [2, cString(8)],
  there: [3, flag],
  nested: [nestedType(4), inner],
  list: [5, attributeList(u16be)],
});
const place = { what: "payload", offset: 16 };

/** Writes length and type in host order, like the kernel. */
function head(length: number, type: number): number[] {
  const pair = (value: number) => hostLittleEndian ? [value & 0xff, value >> 8] : [value >> 8, value & 0xff];
  return [...pair(length), ...pair(type)];
}

const cases = [
  { name: "nothing", value: {}, bytes: [] },
  { name: "one attribute", value: { number: 5 }, bytes: [...head(8, 1), 0, 0, 0, 5] },
  { name: "one attribute, padded", value: { name: "a" }, bytes: [...head(6, 2), 0x61, 0, 0, 0] },
  { name: "without payload", value: { there: true as const }, bytes: head(4, 3) },
  {
    name: "nested, marked",
    value: { nested: { value: 9 } },
    bytes: [...head(12, 0x8004), ...head(5, 1), 9, 0, 0, 0],
  },
  {
    name: "a list",
    value: { list: [1, 2] },
    bytes: [...head(20, 5), ...head(6, 0), 0, 1, 0, 0, ...head(6, 1), 0, 2, 0, 0],
  },
  {
    name: "the order of the wire, not of the table",
    value: { there: true as const, number: 1 },
    bytes: [...head(4, 3), ...head(8, 1), 0, 0, 0, 1],
  },
  {
    name: "unknown ones where they were",
    value: {
      number: 1,
      there: true as const,
      other: [
        { type: 77, payload: Uint8Array.of(1), position: 0 },
        { type: 0x8042, payload: new Uint8Array(0), position: 2 },
      ],
    },
    bytes: [...head(5, 77), 1, 0, 0, 0, ...head(8, 1), 0, 0, 0, 1, ...head(4, 0x8042), ...head(4, 3)],
  },
];
for (const { name, value, bytes } of cases) {
  Deno.test(`attributeTable() decodes and encodes: ${name}`, () => {
    const decoded = table.decode(Uint8Array.from(bytes), place);
    assert.deepEqual(decoded, value);
    assert.deepEqual([...table.encode(decoded)], bytes);
  });
}

Deno.test("attributeTable() writes unknown attributes without a position at the end", () => {
  const bytes = table.encode({ number: 1, other: [{ type: 9, payload: new Uint8Array(0) }] });
  assert.deepEqual([...bytes], [...head(8, 1), 0, 0, 0, 1, ...head(4, 9)]);
});

Deno.test("attributeTable() leaves undefined values out", () => {
  assert.deepEqual([...table.encode({ number: undefined, there: true })], head(4, 3));
});

Deno.test("attributeTable() takes the last of two, like the kernel", () => {
  const bytes = joinBytes([encodeAttribute(1, u32be.encode(1)), encodeAttribute(1, u32be.encode(2))]);
  assert.deepEqual(table.decode(bytes, place), { number: 2 });
});

Deno.test("attributeTable() matches types without their flags", () => {
  assert.deepEqual(table.decode(encodeAttribute(0x4001, u32be.encode(3)), place), { number: 3 });
  assert.deepEqual(table.decode(encodeAttribute(4, inner.encode({ value: 1 })), place), { nested: { value: 1 } });
});

Deno.test("attributeTable() copies what it keeps", () => {
  const raw = attributeTable("attribute", { bytes: [1, rawBytes] });
  const buffer = joinBytes([encodeAttribute(1, Uint8Array.of(7)), encodeAttribute(2, Uint8Array.of(8))]);
  const value = raw.decode(buffer, place);
  buffer.fill(0);
  assert.deepEqual(value, { bytes: Uint8Array.of(7), other: [{ type: 2, payload: Uint8Array.of(8), position: 1 }] });
});

const broken = [
  { name: "header cut off", bytes: [8, 0, 1], offset: 16, problem: "3 bytes left, a header has 4" },
  { name: "length below the header", bytes: head(3, 1), offset: 16, problem: "length 3, 4 bytes left" },
  { name: "length 0", bytes: head(0, 1), offset: 16, problem: "length 0, 4 bytes left" },
  { name: "length beyond the end", bytes: [...head(9, 1), 0, 0, 0, 0], offset: 16, problem: "length 9, 8 bytes left" },
  {
    name: "second one broken",
    bytes: [...head(8, 1), 0, 0, 0, 5, ...head(6, 1), 0, 0],
    offset: 28,
    problem: "2 bytes, want 4 (u32be)",
  },
  {
    name: "nested one broken",
    bytes: [...head(10, 4), ...head(6, 1), 1, 2],
    offset: 24,
    problem: "2 bytes, want 1 (u8)",
  },
];
for (const { name, bytes, offset, problem } of broken) {
  Deno.test(`attributeTable() refuses: ${name}`, () => {
    assert.throws(() => table.decode(Uint8Array.from(bytes), place), { name: "WireError", offset, problem });
  });
}

Deno.test("splitAttributes() takes a last attribute without its padding", () => {
  const [found] = splitAttributes(Uint8Array.from([...head(5, 1), 7]), place);
  assert.deepEqual(found, { type: 1, payload: Uint8Array.of(7), offset: 20 });
});

Deno.test("encodeAttribute() refuses a payload that its length cannot tell", () => {
  assert.throws(() => encodeAttribute(1, new Uint8Array(0x10000)), RangeError);
});

Deno.test("attributeTable() throws WireError for every cut", () => {
  const bytes = table.encode({ number: 1, name: "abc", nested: { value: 1 }, list: [1, 2, 3] });
  for (let length = 0; length < bytes.length; length++) {
    try {
      table.decode(bytes.subarray(0, length), place);
    } catch (error) {
      assert.ok(error instanceof WireError, `cut at ${length}: ${error}`);
    }
  }
});
