import assert from "node:assert/strict";
import { parseAddress } from "../ip/mod.ts";
import { cString, flag, ipBytes, rawBytes } from "./bytes.ts";
import { lazy } from "./codec.ts";
import { formatMac, parseMac } from "./mac.ts";

const place = { what: "payload", offset: 0 };
const text = new TextEncoder();

Deno.test("cString() ends with NUL and stops at it", () => {
  const name = cString(16);
  assert.deepEqual(name.encode("eth0"), text.encode("eth0\0"));
  assert.equal(name.decode(text.encode("eth0\0"), place), "eth0");
  assert.equal(name.decode(text.encode("eth0"), place), "eth0");
  assert.equal(name.decode(text.encode("eth0\0rest\0"), place), "eth0");
  assert.equal(name.decode(new Uint8Array(0), place), "");
});

Deno.test("cString() bounds both ways", () => {
  const name = cString(4);
  assert.deepEqual(name.encode("abc"), text.encode("abc\0"));
  assert.throws(() => name.encode("abcd"), RangeError);
  assert.throws(() => name.encode("éé"), RangeError); // 4 bytes in UTF-8
  assert.throws(() => name.encode("a\0b"), RangeError);
  assert.throws(() => name.decode(text.encode("abcd\0"), place), { name: "WireError" });
});

Deno.test("ipBytes takes 4 or 16 bytes, big-endian", () => {
  for (const address of [parseAddress("10.0.0.1"), parseAddress("fd00::1")]) {
    assert.deepEqual(ipBytes.decode(ipBytes.encode(address), place), address);
  }
  assert.deepEqual([...ipBytes.encode(parseAddress("10.0.0.1"))], [10, 0, 0, 1]);
  for (const length of [0, 3, 5, 15, 17]) {
    assert.throws(() => ipBytes.decode(new Uint8Array(length), place), { name: "WireError" });
  }
});

Deno.test("flag has no payload", () => {
  assert.equal(flag.decode(new Uint8Array(0), place), true);
  assert.throws(() => flag.decode(new Uint8Array(1), place), { name: "WireError" });
});

Deno.test("rawBytes copies both ways", () => {
  const bytes = Uint8Array.of(1, 2);
  const decoded = rawBytes.decode(bytes, place);
  const encoded = rawBytes.encode(bytes);
  bytes[0] = 9;
  assert.deepEqual([[...decoded], [...encoded]], [[1, 2], [1, 2]]);
});

Deno.test("lazy() looks the codec up when used", () => {
  let codec = cString(4);
  const late = lazy(() => codec);
  codec = cString(8);
  assert.equal(late.decode(late.encode("abcdef"), place), "abcdef");
});

Deno.test("parseMac() and formatMac() are inverse", () => {
  assert.deepEqual([...parseMac("02:42:AC:11:00:ff")], [2, 0x42, 0xac, 0x11, 0, 0xff]);
  assert.equal(formatMac(parseMac("02:42:AC:11:00:ff")), "02:42:ac:11:00:ff");
  assert.equal(formatMac(new Uint8Array(0)), "");
});

for (
  const bad of [
    "",
    "02:42:ac:11:00",
    "02:42:ac:11:00:0",
    "02-42-ac-11-00-02",
    "02:42:ac:11:00:0g",
    " 02:42:ac:11:00:02",
  ]
) {
  Deno.test(`parseMac() refuses ${JSON.stringify(bad)}`, () => {
    assert.throws(() => parseMac(bad), SyntaxError);
  });
}
