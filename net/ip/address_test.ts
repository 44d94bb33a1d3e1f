import assert from "node:assert/strict";
import { isIP } from "node:net";
import { seededRandom } from "../base/random.ts";
import {
  type Address,
  addressFromBytes,
  bitsOf,
  bytesOfAddress,
  compareAddresses,
  type Family,
  formatAddress,
  isMappedAddress,
  lastValueOf,
  parseAddress,
  tryParseAddress,
  unmapAddress,
} from "./address.ts";
import { randomAddress } from "./random_address.ts";

const good: { text: string; family: Family; value: bigint; canonical?: string }[] = [
  { text: "0.0.0.0", family: 4, value: 0n },
  { text: "10.20.0.7", family: 4, value: 0x0a140007n },
  { text: "127.255.255.255", family: 4, value: 0x7fffffffn },
  { text: "128.0.0.0", family: 4, value: 0x80000000n },
  { text: "255.255.255.255", family: 4, value: 0xffffffffn },
  { text: "::", family: 6, value: 0n },
  { text: "::1", family: 6, value: 1n },
  { text: "1::", family: 6, value: 1n << 112n },
  { text: "0:0:0:0:0:0:0:0", family: 6, value: 0n, canonical: "::" },
  { text: "FD20::A", family: 6, value: (0xfd20n << 112n) | 10n, canonical: "fd20::a" },
  { text: "fd20:0000::0007", family: 6, value: (0xfd20n << 112n) | 7n, canonical: "fd20::7" },
  { text: "1:2:3:4:5:6:7:8", family: 6, value: 0x0001_0002_0003_0004_0005_0006_0007_0008n },
  {
    text: "1:2:3:4:5:6:7::",
    family: 6,
    value: 0x0001_0002_0003_0004_0005_0006_0007_0000n,
    canonical: "1:2:3:4:5:6:7:0",
  },
  { text: "::2:3:4:5:6:7:8", family: 6, value: 0x0002_0003_0004_0005_0006_0007_0008n, canonical: "0:2:3:4:5:6:7:8" },
  {
    text: "1:2:3:4:5:6:1.2.3.4",
    family: 6,
    value: 0x0001_0002_0003_0004_0005_0006_0102_0304n,
    canonical: "1:2:3:4:5:6:102:304",
  },
  { text: "fd20::0.0.0.7", family: 6, value: (0xfd20n << 112n) | 7n, canonical: "fd20::7" },
  { text: "::10.20.0.7", family: 6, value: 0x0a140007n, canonical: "::a14:7" },
  { text: "::ffff:10.20.0.7", family: 6, value: 0xffff_0a14_0007n },
  { text: "::FFFF:a14:7", family: 6, value: 0xffff_0a14_0007n, canonical: "::ffff:10.20.0.7" },
  { text: "64:ff9b::1.2.3.4", family: 6, value: (0x64ff9bn << 96n) | 0x01020304n, canonical: "64:ff9b::102:304" },
  {
    text: "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
    family: 6,
    value: lastValueOf(6),
    canonical: `${"ffff:".repeat(7)}ffff`,
  },
];
for (const { text, family, value, canonical = text } of good) {
  Deno.test(`parseAddress() reads, formatAddress() writes: ${text}`, () => {
    assert.deepEqual(parseAddress(text), { family, value });
    assert.deepEqual(tryParseAddress(text), { family, value });
    assert.equal(formatAddress({ family, value }), canonical);
  });
}

const bad: { name: string; text: string; flaw: RegExp }[] = [
  { name: "empty", text: "", flaw: /neither/ },
  { name: "blank", text: " ", flaw: /neither/ },
  { name: "leading blank", text: " 10.0.0.1", flaw: /digits/ },
  { name: "trailing newline", text: "10.0.0.1\n", flaw: /digits/ },
  { name: "trailing newline, IPv6", text: "fd20::1\n", flaw: /hexadecimal/ },
  { name: "three octets", text: "10.0.0", flaw: /neither/ },
  { name: "five octets", text: "10.0.0.0.1", flaw: /neither/ },
  { name: "missing octet", text: "10..0.1", flaw: /digits/ },
  { name: "octet over 255", text: "10.0.0.256", flaw: /over 255/ },
  { name: "octet of four digits", text: "10.0.0.0001", flaw: /digits/ },
  { name: "leading zero", text: "010.0.0.1", flaw: /leading zero/ },
  { name: "two zeros", text: "10.00.0.1", flaw: /leading zero/ },
  { name: "hexadecimal octet", text: "0x0a.0.0.1", flaw: /digits/ },
  { name: "sign", text: "+10.0.0.1", flaw: /digits/ },
  { name: "exponent", text: "1e1.0.0.1", flaw: /digits/ },
  { name: "digits of another script", text: "١٠.0.0.1", flaw: /digits/ },
  { name: "integer", text: "169082887", flaw: /neither/ },
  { name: "port", text: "10.0.0.1:80", flaw: /groups/ },
  { name: "IPv4 prefix", text: "10.0.0.1/32", flaw: /digits/ },
  { name: "IPv6 prefix", text: "::1/128", flaw: /hexadecimal/ },
  { name: "zone", text: "fe80::1%eth0", flaw: /hexadecimal/ },
  { name: "brackets", text: "[::1]", flaw: /hexadecimal/ },
  { name: "one colon", text: ":", flaw: /2 groups/ },
  { name: "three colons", text: ":::", flaw: /more than once/ },
  { name: "two gaps", text: "1::2::3", flaw: /more than once/ },
  { name: "leading colon", text: ":1:2:3:4:5:6:7", flaw: /hexadecimal/ },
  { name: "leading colon before a gap", text: ":1::2", flaw: /hexadecimal/ },
  { name: "trailing colon", text: "1:2:3:4:5:6:7:", flaw: /hexadecimal/ },
  { name: "trailing colon after a gap", text: "1::2:", flaw: /hexadecimal/ },
  { name: "seven groups", text: "1:2:3:4:5:6:7", flaw: /7 groups/ },
  { name: "nine groups", text: "1:2:3:4:5:6:7:8:9", flaw: /9 groups/ },
  { name: "gap for no group", text: "1:2:3:4::5:6:7:8", flaw: /8 groups/ },
  { name: "gap for no group at the end", text: "1:2:3:4:5:6:7:8::", flaw: /8 groups/ },
  { name: "group of five digits", text: "::12345", flaw: /hexadecimal/ },
  { name: "hexadecimal prefix", text: "::0x1", flaw: /hexadecimal/ },
  { name: "letter g", text: "::g", flaw: /hexadecimal/ },
  { name: "dotted quad in front", text: "1.2.3.4::", flaw: /hexadecimal/ },
  { name: "dotted quad in the middle", text: "::1.2.3.4:5", flaw: /hexadecimal/ },
  { name: "dotted tail, one group too many", text: "1:2:3:4:5:6:7:1.2.3.4", flaw: /9 groups/ },
  { name: "dotted tail, gap for no group", text: "1:2:3:4:5:6::1.2.3.4", flaw: /8 groups/ },
  { name: "dotted tail with a leading zero", text: "::ffff:10.0.0.01", flaw: /leading zero/ },
  { name: "dotted tail of three octets", text: "::10.0.0", flaw: /neither/ },
  { name: "too long by zeros", text: `::${"0".repeat(60)}1`, flaw: /too many/ },
];
for (const { name, text, flaw } of bad) {
  Deno.test(`parseAddress() refuses: ${name}`, () => {
    assert.throws(() => parseAddress(text), { name: "SyntaxError", message: flaw });
    assert.equal(tryParseAddress(text), undefined);
  });
}

Deno.test("parseAddress() quotes the text, escaped and cut", () => {
  assert.throws(() => parseAddress("10.0.0.1\n"), { message: /^Cannot parse address "10\.0\.0\.1\\n": an octet/ });
  assert.throws(() => parseAddress("9".repeat(1_000_000)), ({ message }) => message.length < 200);
});

/** RFC 5952 §4.2: what `::` replaces. */
const zeroRuns = [
  { name: "a single zero group stays", text: "1:0:3:4:5:6:7:8", want: "1:0:3:4:5:6:7:8" },
  { name: "the longest run", text: "1:0:0:4:0:0:0:8", want: "1:0:0:4::8" },
  { name: "the first run on a tie", text: "1:0:0:4:5:0:0:8", want: "1::4:5:0:0:8" },
  { name: "at the start", text: "0:0:3:4:5:6:7:8", want: "::3:4:5:6:7:8" },
  { name: "at the end", text: "1:2:3:4:5:6:0:0", want: "1:2:3:4:5:6::" },
  { name: "no leading zeros, lower case", text: "0ABC:00d0::", want: "abc:d0::" },
];
for (const { name, text, want } of zeroRuns) {
  Deno.test(`formatAddress() compresses: ${name}`, () => {
    assert.equal(formatAddress(parseAddress(text)), want);
  });
}

for (const family of [4, 6] as const) {
  Deno.test(`IPv${family}: text and bytes of random addresses come back equal (seed 5952)`, () => {
    const random = seededRandom(5952);
    for (let i = 0; i < 500; i++) {
      const address = randomAddress(family, random);
      assert.deepEqual(parseAddress(formatAddress(address)), address);
      assert.deepEqual(addressFromBytes(bytesOfAddress(address)), address);
    }
  });

  Deno.test(`IPv${family}: ${bitsOf(family)} bits, the last address is all ones`, () => {
    const last = { family, value: lastValueOf(family) };
    assert.deepEqual(bytesOfAddress(last), new Uint8Array(bitsOf(family) / 8).fill(255));
    assert.deepEqual(addressFromBytes(bytesOfAddress({ family, value: 0n })), { family, value: 0n });
  });
}

Deno.test("bytesOfAddress() writes network order", () => {
  assert.deepEqual([...bytesOfAddress(parseAddress("10.20.0.7"))], [10, 20, 0, 7]);
  assert.deepEqual([...bytesOfAddress(parseAddress("fd20::1:2"))], [0xfd, 0x20, ...Array(11).fill(0), 1, 0, 2]);
});

for (const length of [0, 3, 5, 15, 17]) {
  Deno.test(`addressFromBytes() refuses ${length} bytes`, () => {
    assert.throws(() => addressFromBytes(new Uint8Array(length)), { name: "RangeError", message: /need 4 or 16/ });
  });
}

Deno.test("compareAddresses() sorts IPv4 first, then by value", () => {
  const sorted = ["9.255.0.0", "10.0.0.1", "10.0.0.2", "255.255.255.255", "::", "::a00:1", "fd20::9", "fd20::10"];
  const shuffled = [...sorted].reverse().map(parseAddress);
  assert.deepEqual(shuffled.sort(compareAddresses).map(formatAddress), sorted);
  assert.equal(compareAddresses(parseAddress("::1"), parseAddress("0::1")), 0);
});

const mapped: { text: string; want: string | undefined }[] = [
  { text: "::ffff:10.20.0.7", want: "10.20.0.7" },
  { text: "::ffff:a14:7", want: "10.20.0.7" },
  { text: "::ffff:0:0", want: "0.0.0.0" },
  { text: "::ffff:ffff:ffff", want: "255.255.255.255" },
  { text: "::fffe:ffff:ffff", want: undefined },
  { text: "::1:0:0:0", want: undefined },
  { text: "::10.20.0.7", want: undefined },
  { text: "64:ff9b::10.20.0.7", want: undefined },
  { text: "10.20.0.7", want: undefined },
];
for (const { text, want } of mapped) {
  Deno.test(`unmapAddress() of ${text}: ${want ?? "unchanged"}`, () => {
    const address: Address = parseAddress(text);
    assert.equal(isMappedAddress(address), want !== undefined);
    assert.deepEqual(unmapAddress(address), want === undefined ? address : parseAddress(want));
  });
}

Deno.test("parseAddress() accepts what node:net accepts, zones aside (seed 4291)", () => {
  const random = seededRandom(4291);
  const pieces = [
    "0",
    "1",
    "00",
    "7",
    "25",
    "256",
    "a",
    "F",
    "ffff",
    "fffff",
    ".",
    ".",
    ".",
    ":",
    ":",
    ":",
    "::",
    "1.2.3.4",
    "g",
  ];
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const length = 1 + Math.floor(random() * 9);
    const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    assert.equal(tryParseAddress(text)?.family ?? 0, isIP(text), text);
    accepted += isIP(text) === 0 ? 0 : 1;
  }
  assert.ok(accepted > 200, `only ${accepted} of the texts are addresses`);
});

Deno.test("formatAddress() writes IPv6 as URL does, mapped addresses aside (seed 3986)", () => {
  const random = seededRandom(3986);
  for (let i = 0; i < 500; i++) {
    const address = randomAddress(6, random);
    const full = address.value.toString(16).padStart(32, "0").match(/.{4}/g)?.join(":");
    const want = new URL(`http://[${full}]/`).hostname;
    if (!isMappedAddress(address)) assert.equal(`[${formatAddress(address)}]`, want);
  }
});
