import assert from "node:assert/strict";
import { seededRandom } from "../base/random.ts";
import { type Family, isMappedAddress, parseAddress } from "./address.ts";
import { randomAddress } from "./random_address.ts";
import {
  formatRange,
  parseRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
  tryParseRange,
  unmapRange,
} from "./range.ts";

/**
 * Rows R1–R59 of the range table. `text` is canonical unless `canonical` says otherwise; no `family` means refused.
 * Mixed notation (R32–R35, R56) is IPv6 here and nothing else; `mapped` is what lets a caller refuse R32 and R34.
 */
const rows: { id: string; text: string; family?: Family; size?: bigint; canonical?: string; mapped?: true }[] = [
  { id: "R1", text: "10.20.0.7", family: 4 },
  { id: "R2", text: "10.20.0.7-10.20.0.7", family: 4, canonical: "10.20.0.7" },
  { id: "R3", text: "10.20.0.7-10.20.0.20", family: 4, size: 14n },
  { id: "R4", text: "10.20.0.20-10.20.0.7" },
  { id: "R5", text: "10.20.0.0-10.20.0.255", family: 4, size: 256n },
  { id: "R6", text: "10.20.0.0", family: 4 },
  { id: "R7", text: "10.20.0.255", family: 4 },
  { id: "R8", text: "10.20.1.7", family: 4 },
  { id: "R9", text: "10.20.0.250-10.20.1.3", family: 4, size: 10n },
  { id: "R10", text: "10.20.0.7 - 10.20.0.20" },
  { id: "R11", text: " 10.20.0.7" },
  { id: "R12", text: "10.20.0.7\n" },
  { id: "R13", text: "" },
  { id: "R14", text: "-" },
  { id: "R15", text: "10.20.0.7-" },
  { id: "R16", text: "-10.20.0.7" },
  { id: "R17", text: "10.20.0.7-10.20.0.8-10.20.0.9" },
  { id: "R18", text: "10.20.0.7-20" },
  { id: "R19", text: "10.20.0.7/32" },
  { id: "R20", text: "10.20.0.0/28" },
  { id: "R21", text: "10.20.0.7-10.20.0.9/24" },
  { id: "R22", text: "10.20.0" },
  { id: "R23", text: "10.20.0.300" },
  { id: "R24", text: "010.20.0.7" },
  { id: "R25", text: "10.20.0.07" },
  { id: "R26", text: "10.20.0.7,10.20.0.9" },
  { id: "R27", text: "0x0a.20.0.7" },
  { id: "R28", text: "169082887" },
  { id: "R29", text: "10.20.0.7:80" },
  { id: "R30", text: "10.20.0.*" },
  { id: "R31", text: "10.20.0.7\u201310.20.0.9" },
  { id: "R32", text: "::ffff:10.20.0.7", family: 6, mapped: true },
  { id: "R33", text: "::ffff:10.20.0.7-10.20.0.9" },
  { id: "R34", text: "::ffff:a14:7", family: 6, canonical: "::ffff:10.20.0.7", mapped: true },
  { id: "R35", text: "::10.20.0.7", family: 6, canonical: "::a14:7" },
  { id: "R36", text: "0.0.0.0", family: 4 },
  { id: "R37", text: "255.255.255.255", family: 4 },
  { id: "R38", text: "fd20::7", family: 6 },
  { id: "R39", text: "FD20::7", family: 6, canonical: "fd20::7" },
  { id: "R40", text: "fd20:0:0:0:0:0:0:7", family: 6, canonical: "fd20::7" },
  { id: "R41", text: "fd20::7-fd20::20", family: 6, size: 26n },
  { id: "R42", text: "fd20::20-fd20::7" },
  { id: "R43", text: "fd20::a-fd20::A", family: 6, canonical: "fd20::a" },
  { id: "R44", text: "fd20::9-fd20::10", family: 6, size: 8n },
  { id: "R45", text: "fd20::-fd20::ffff:ffff:ffff:ffff", family: 6, size: 18446744073709551616n },
  { id: "R46", text: "fd20::7%eth0" },
  { id: "R47", text: "[fd20::7]" },
  { id: "R48", text: "fd20::7/128" },
  { id: "R49", text: "fd20::/80" },
  { id: "R50", text: "fd20:::7" },
  { id: "R51", text: "fd20::12345" },
  { id: "R52", text: "1:2:3:4:5:6:7:8:9" },
  { id: "R53", text: "fd20::7-10.20.0.7" },
  { id: "R54", text: "10.20.0.7-fd20::7" },
  { id: "R55", text: "fd21::7", family: 6 },
  { id: "R56", text: "fd20::0.0.0.7", family: 6, canonical: "fd20::7" },
  { id: "R57", text: "::", family: 6 },
  { id: "R58", text: "::1-::5", family: 6, size: 5n },
  { id: "R59", text: "64:ff9b::1-64:ff9b::5", family: 6, size: 5n },
  { id: "all of IPv4", text: "0.0.0.0-255.255.255.255", family: 4, size: 1n << 32n },
  { id: "all of IPv6", text: `::-${"ffff:".repeat(7)}ffff`, family: 6, size: 1n << 128n },
  { id: "last two of IPv4", text: "255.255.255.254-255.255.255.255", family: 4, size: 2n },
  { id: "a million hyphens", text: "-".repeat(1_000_000) },
];
for (const { id, text, family, size = 1n, canonical = text, mapped = false } of rows) {
  Deno.test(`parseRange() ${family === undefined ? "refuses" : "reads"} ${id}`, () => {
    const range = tryParseRange(text);
    assert.equal(range?.family, family);
    if (range === undefined) {
      assert.throws(() => parseRange(text), { name: "SyntaxError", message: /^Cannot parse address range ".{0,250}$/ });
      return;
    }
    assert.deepEqual(parseRange(text), range);
    assert.equal(rangeSize(range), size);
    assert.equal(formatRange(range), canonical);
    assert.equal(isMappedAddress({ family: range.family, value: range.first }), mapped);
  });
}

const messages = [
  { text: "10.0.0.9-10.0.0.2", want: /the last address comes before the first$/ },
  { text: "10.0.0.9-fd20::9", want: /one end is IPv4 and the other IPv6$/ },
  { text: "10.0.0.1-2-3", want: /more than one "-"$/ },
  { text: "10.0.0.1-10.0.0.02", want: /: "10\.0\.0\.02" is not an address, an octet has a leading zero$/ },
];
for (const { text, want } of messages) {
  Deno.test(`parseRange() says what is wrong with ${text}`, () => {
    assert.throws(() => parseRange(text), { message: want });
  });
}

const pairs = [
  { a: "10.0.0.1-10.0.0.5", b: "10.0.0.5", want: true },
  { a: "10.0.0.1-10.0.0.5", b: "10.0.0.6", want: false },
  { a: "10.0.0.1-10.0.0.5", b: "10.0.0.0-10.0.0.9", want: true },
  { a: "0.0.0.1-0.0.0.5", b: "::1-::5", want: false },
  { a: "fd20::-fd20::f", b: "fd20::f-fd20::1f", want: true },
];
for (const { a, b, want } of pairs) {
  Deno.test(`rangesOverlap() of ${a} and ${b}: ${want}`, () => {
    assert.equal(rangesOverlap(parseRange(a), parseRange(b)), want);
    assert.equal(rangesOverlap(parseRange(b), parseRange(a)), want);
  });
}

const members = [
  { range: "10.0.0.1-10.0.0.5", address: "10.0.0.1", want: true },
  { range: "10.0.0.1-10.0.0.5", address: "10.0.0.5", want: true },
  { range: "10.0.0.1-10.0.0.5", address: "10.0.0.0", want: false },
  { range: "10.0.0.1-10.0.0.5", address: "10.0.0.6", want: false },
  { range: "0.0.0.1-0.0.0.5", address: "::1", want: false },
  { range: "fd20::1", address: "fd20:0::1", want: true },
];
for (const { range, address, want } of members) {
  Deno.test(`rangeContains() of ${range} and ${address}: ${want}`, () => {
    assert.equal(rangeContains(parseRange(range), parseAddress(address)), want);
  });
}

const unmapped = [
  { text: "::ffff:10.0.0.7-::ffff:10.0.0.9", want: "10.0.0.7-10.0.0.9" },
  { text: "::ffff:a00:7", want: "10.0.0.7" },
  { text: "::fffe:ffff:ffff-::ffff:10.0.0.9", want: "::fffe:ffff:ffff-::ffff:10.0.0.9" },
  { text: "::ffff:10.0.0.9-::1:0:0:0", want: "::ffff:10.0.0.9-::1:0:0:0" },
  { text: "10.0.0.7-10.0.0.9", want: "10.0.0.7-10.0.0.9" },
];
for (const { text, want } of unmapped) {
  Deno.test(`unmapRange() of ${text}: ${want}`, () => {
    assert.equal(formatRange(unmapRange(parseRange(text))), want);
  });
}

Deno.test("formatRange() and parseRange() are inverse for random ranges (seed 59)", () => {
  const random = seededRandom(59);
  for (let i = 0; i < 500; i++) {
    const family = random() < 0.5 ? 4 : 6;
    const [a, b] = [randomAddress(family, random).value, randomAddress(family, random).value];
    const range = a < b ? { family, first: a, last: b } as const : { family, first: b, last: a } as const;
    assert.deepEqual(parseRange(formatRange(range)), range);
  }
});
