import assert from "node:assert/strict";
import { elfEnd, withoutPayload } from "./elf.ts";

/** A 64-bit ELF header, `sections` section headers at `offset`, and `payload` bytes behind them. */
function elf({ offset = 128, sections = 3, payload = 0, elfClass = 2, data = 1 } = {}): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(offset + sections * 64 + payload).fill(0xaa, 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, elfClass, data]);
  const header = new DataView(bytes.buffer);
  header.setBigUint64(0x28, BigInt(offset), true);
  header.setUint16(0x3a, 64, true);
  header.setUint16(0x3c, sections, true);
  return bytes;
}

const cases = [
  { name: "nothing appended", bytes: elf(), want: 128 + 3 * 64 },
  { name: "a payload", bytes: elf({ payload: 1000 }), want: 128 + 3 * 64 },
  { name: "one section header", bytes: elf({ sections: 1, payload: 1 }), want: 192 },
  { name: "a view into a larger buffer", bytes: new Uint8Array([0, ...elf({ payload: 5 })]).subarray(1), want: 320 },
];
for (const { name, bytes, want } of cases) {
  Deno.test(`elfEnd() finds the end: ${name}`, () => assert.equal(elfEnd(bytes), want));
}

const refusals = [
  { name: "empty", bytes: new Uint8Array(), message: /does not begin with an ELF header/ },
  { name: "a shell script", bytes: new TextEncoder().encode(`#!/bin/sh\n${"#".repeat(80)}`), message: /ELF header/ },
  { name: "cut in the header", bytes: elf().subarray(0, 63), message: /ELF header/ },
  { name: "32-bit", bytes: elf({ elfClass: 1 }), message: /not 64-bit little-endian/ },
  { name: "big-endian", bytes: elf({ data: 2 }), message: /not 64-bit little-endian/ },
  { name: "no section headers", bytes: elf({ sections: 0 }), message: /no section headers/ },
  { name: "cut in the section headers", bytes: elf().subarray(0, 300), message: /300 bytes, its headers end at 320/ },
];
for (const { name, bytes, message } of refusals) {
  Deno.test(`elfEnd() refuses: ${name}`, () => assert.throws(() => elfEnd(bytes), message));
}

Deno.test("withoutPayload() gives back what a payload was appended to", () => {
  const base = elf();
  assert.deepEqual(withoutPayload(new Uint8Array([...base, 1, 2, 3])), base);
});
