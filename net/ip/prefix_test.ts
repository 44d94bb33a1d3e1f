import assert from "node:assert/strict";
import { seededRandom } from "../base/random.ts";
import { bitsOf, formatAddress, parseAddress } from "./address.ts";
import {
  formatPrefix,
  networkOf,
  parseAddressOrPrefix,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
  prefixOf,
  rangeOfPrefix,
  tryParsePrefix,
  unmapPrefix,
} from "./prefix.ts";
import { randomAddress } from "./random_address.ts";
import { formatRange } from "./range.ts";

/** Rows C1–C34 of the CIDR table: `network` is the canonical spelling, absent where the text is no prefix at all. */
const cidrs: { id: string; text: string; network?: string; range?: string }[] = [
  { id: "C1", text: "10.20.0.0/24", network: "10.20.0.0/24", range: "10.20.0.0-10.20.0.255" },
  { id: "C2", text: "10.20.0.9/24", network: "10.20.0.0/24", range: "10.20.0.0-10.20.0.255" },
  { id: "C3", text: "10.20.0.9/32", network: "10.20.0.9/32", range: "10.20.0.9" },
  { id: "C4", text: "10.20.0.8/31", network: "10.20.0.8/31", range: "10.20.0.8-10.20.0.9" },
  { id: "C5", text: "10.20.0.9/31", network: "10.20.0.8/31", range: "10.20.0.8-10.20.0.9" },
  { id: "C6", text: "10.20.0.0/30", network: "10.20.0.0/30", range: "10.20.0.0-10.20.0.3" },
  { id: "C7", text: "0.0.0.0/0", network: "0.0.0.0/0", range: "0.0.0.0-255.255.255.255" },
  { id: "C8", text: "10.20.0.0/33" },
  { id: "C9, refused here already", text: "10.20.0.0/024" },
  { id: "C10", text: "10.20.0.0/+24" },
  { id: "C11", text: "10.20.0.0/-1" },
  { id: "C12", text: "10.20.0.0" },
  { id: "C13", text: "10.20.0.0/" },
  { id: "C14", text: "/24" },
  { id: "C15", text: "10.20.0.0/24 " },
  { id: "C16", text: "10.20.0.0/255.255.255.0" },
  { id: "C17", text: "10.20.0.00/24" },
  { id: "C18", text: "10.20.0.0-10.20.0.255" },
  { id: "C19", text: "fd20::/64", network: "fd20::/64", range: "fd20::-fd20::ffff:ffff:ffff:ffff" },
  { id: "C20", text: "FD20::/64", network: "fd20::/64" },
  { id: "C21", text: "fd20:0::/64", network: "fd20::/64" },
  { id: "C22", text: "fd20::1/64", network: "fd20::/64" },
  { id: "C23", text: "fd20::9/128", network: "fd20::9/128", range: "fd20::9" },
  { id: "C24", text: "fd20::8/127", network: "fd20::8/127", range: "fd20::8-fd20::9" },
  { id: "C25", text: "fd20::9/127", network: "fd20::8/127", range: "fd20::8-fd20::9" },
  { id: "C26", text: "::/0", network: "::/0", range: `::-${"ffff:".repeat(7)}ffff` },
  { id: "C27", text: "::/8", network: "::/8" },
  { id: "C28", text: "fd20::/129" },
  { id: "C29, see unmapPrefix()", text: "::ffff:10.20.0.0/120", network: "::ffff:10.20.0.0/120" },
  { id: "C30", text: "0:0:0:1::/64", network: "0:0:0:1::/64" },
  { id: "C31", text: "fd20:1:2:3:4:5:6:0/112", network: "fd20:1:2:3:4:5:6:0/112" },
  { id: "C32", text: "fd20:0:0:1::/64", network: "fd20:0:0:1::/64" },
  { id: "C33", text: "fd20::1:0:0:0/80", network: "fd20::1:0:0:0/80" },
  { id: "C34", text: "fd20::%eth0/64" },
  { id: "empty", text: "" },
  { id: "two lengths", text: "10.20.0.0/24/24" },
  { id: "exponent", text: "10.20.0.0/1e1" },
  { id: "newline", text: "10.20.0.0/24\n" },
  { id: "very long length", text: `10.20.0.0/${"0".repeat(10_000)}` },
];
for (const { id, text, network, range } of cidrs) {
  Deno.test(`parsePrefix() ${network === undefined ? "refuses" : "reads"} ${id}`, () => {
    const prefix = tryParsePrefix(text);
    if (network === undefined) {
      assert.equal(prefix, undefined);
      assert.throws(() => parsePrefix(text), { name: "SyntaxError", message: /^Cannot parse prefix / });
      return;
    }
    assert.deepEqual(parsePrefix(text), prefix);
    assert.equal(prefix && formatPrefix(networkOf(prefix)), network);
    if (range !== undefined) assert.equal(prefix && formatRange(rangeOfPrefix(prefix)), range);
  });
}

Deno.test("parsePrefix() keeps host bits", () => {
  assert.deepEqual(parsePrefix("10.20.0.9/24"), { address: parseAddress("10.20.0.9"), length: 24 });
  assert.equal(formatPrefix(parsePrefix("FD20::9/64")), "fd20::9/64");
});

/** Rows H1–H8 of the table for fields that take an address or a prefix. */
const either: { id: string; text: string; want?: string }[] = [
  { id: "H1", text: "10.20.0.9", want: "10.20.0.9/32" },
  { id: "H2", text: "10.20.0.9/24", want: "10.20.0.9/24" },
  { id: "H3", text: "fd20::9", want: "fd20::9/128" },
  { id: "H4", text: "FD20::9", want: "fd20::9/128" },
  { id: "H5", text: "::ffff:10.20.0.9", want: "::ffff:10.20.0.9/128" },
  { id: "H6", text: "fe80::1%eth0" },
  { id: "H7 IPv4", text: "0.0.0.0/0", want: "0.0.0.0/0" },
  { id: "H7 IPv6", text: "::/0", want: "::/0" },
  { id: "H8 length", text: "10.20.0.0/33" },
  { id: "H8 leading zero", text: "10.20.0.0/024" },
  { id: "H8 zone", text: "fe80::1%eth0/64" },
  { id: "H8 empty", text: "" },
];
for (const { id, text, want } of either) {
  Deno.test(`parseAddressOrPrefix() ${want === undefined ? "refuses" : "reads"} ${id}`, () => {
    if (want === undefined) assert.throws(() => parseAddressOrPrefix(text), { name: "SyntaxError" });
    else assert.equal(formatPrefix(parseAddressOrPrefix(text)), want);
  });
}

for (
  const { text, length } of [
    { text: "10.0.0.1", length: 33 },
    { text: "10.0.0.1", length: -1 },
    { text: "10.0.0.1", length: 24.5 },
    { text: "10.0.0.1", length: NaN },
    { text: "fd20::1", length: 129 },
  ]
) {
  Deno.test(`prefixOf() refuses ${text} with length ${length}`, () => {
    assert.throws(() => prefixOf(parseAddress(text), length), { name: "RangeError", message: /^Cannot make prefix/ });
  });
}

const members = [
  { prefix: "10.20.0.0/24", inside: ["10.20.0.0", "10.20.0.255"], outside: ["10.19.255.255", "10.20.1.0"] },
  { prefix: "10.20.0.9/24", inside: ["10.20.0.0", "10.20.0.255"], outside: ["10.20.1.0"] },
  { prefix: "255.255.255.255/32", inside: ["255.255.255.255"], outside: ["255.255.255.254"] },
  { prefix: "0.0.0.0/0", inside: ["0.0.0.0", "255.255.255.255"], outside: ["::", "::ffff:10.20.0.7"] },
  { prefix: "fd00::/48", inside: ["fd00::", "fd00:0:0:ffff::1"], outside: ["fd00:0:1::", "fcff::"] },
  { prefix: "::/0", inside: ["::", "::ffff:10.20.0.7"], outside: ["0.0.0.0"] },
];
for (const { prefix, inside, outside } of members) {
  Deno.test(`prefixContains() at the edges of ${prefix}`, () => {
    for (const text of inside) assert.ok(prefixContains(parsePrefix(prefix), parseAddress(text)), text);
    for (const text of outside) assert.ok(!prefixContains(parsePrefix(prefix), parseAddress(text)), text);
  });
}

const pairs = [
  { a: "10.20.0.0/24", b: "10.20.0.0/24", want: true },
  { a: "10.20.0.0/16", b: "10.20.200.0/24", want: true },
  { a: "10.20.0.0/24", b: "10.20.1.0/24", want: false },
  { a: "10.20.0.77/24", b: "10.20.0.200/25", want: true },
  { a: "10.20.0.0/25", b: "10.20.0.200/25", want: false },
  { a: "0.0.0.0/0", b: "255.255.255.255/32", want: true },
  { a: "0.0.0.0/0", b: "::/0", want: false },
  { a: "fd20::/64", b: "fd20:0:0:1::/64", want: false },
  { a: "fd20::/63", b: "fd20:0:0:1::/64", want: true },
];
for (const { a, b, want } of pairs) {
  Deno.test(`prefixesOverlap() of ${a} and ${b}: ${want}`, () => {
    assert.equal(prefixesOverlap(parsePrefix(a), parsePrefix(b)), want);
    assert.equal(prefixesOverlap(parsePrefix(b), parsePrefix(a)), want);
  });
}

const unmapped = [
  { text: "::ffff:10.20.0.0/120", want: "10.20.0.0/24" },
  { text: "::ffff:10.20.0.9/128", want: "10.20.0.9/32" },
  { text: "::ffff:0:0/96", want: "0.0.0.0/0" },
  { text: "::ffff:0:0/95", want: "::ffff:0.0.0.0/95" },
  { text: "fd20::/120", want: "fd20::/120" },
  { text: "10.20.0.0/24", want: "10.20.0.0/24" },
];
for (const { text, want } of unmapped) {
  Deno.test(`unmapPrefix() of ${text}: ${want}`, () => {
    assert.equal(formatPrefix(unmapPrefix(parsePrefix(text))), want);
  });
}

for (const family of [4, 6] as const) {
  Deno.test(`IPv${family}: random prefixes come back, and hold what shares their leading bits (seed 24)`, () => {
    const random = seededRandom(24);
    for (let i = 0; i < 300; i++) {
      const length = Math.floor(random() * (bitsOf(family) + 1));
      const prefix = prefixOf(randomAddress(family, random), length);
      assert.deepEqual(parsePrefix(formatPrefix(prefix)), prefix);
      const other = randomAddress(family, random);
      const shift = BigInt(bitsOf(family) - length);
      const same = other.value >> shift === prefix.address.value >> shift;
      assert.equal(prefixContains(prefix, other), same, `${formatPrefix(prefix)} ${formatAddress(other)}`);
      assert.equal(networkOf(prefix).address.value, (prefix.address.value >> shift) << shift);
    }
  });
}
