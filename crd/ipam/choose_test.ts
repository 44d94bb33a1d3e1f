import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { chooseAddress } from "./choose.ts";

const cases = [
  { name: "the lowest", ranges: ["10.0.0.1-10.0.0.9"], used: [], want: "10.0.0.1" },
  { name: "the lowest free", ranges: ["10.0.0.1-10.0.0.9"], used: ["10.0.0.1-10.0.0.3"], want: "10.0.0.4" },
  {
    name: "the first range that is stored, row 45",
    ranges: ["10.1.0.50", "10.1.0.5-10.1.0.6"],
    used: [],
    want: "10.1.0.50",
  },
  {
    name: "the next range when one is full",
    ranges: ["10.1.0.50", "10.1.0.5-10.1.0.6"],
    used: ["10.1.0.50"],
    want: "10.1.0.5",
  },
  {
    name: "the last of the last range",
    ranges: ["10.0.0.1", "10.0.0.0-10.0.0.9"],
    used: ["10.0.0.0-10.0.0.8"],
    want: "10.0.0.9",
  },
  { name: "nothing when all are used", ranges: ["10.0.0.1-10.0.0.9"], used: ["10.0.0.0-10.0.0.255"], want: undefined },
  { name: "nothing without ranges", ranges: [], used: [], want: undefined },
  {
    name: "the very last IPv4 address",
    ranges: ["255.255.255.254-255.255.255.255"],
    used: ["255.255.255.254"],
    want: "255.255.255.255",
  },
  {
    name: "IPv6",
    ranges: ["fd00::-fd00::ffff:ffff:ffff:ffff"],
    used: ["fd00::-fd00::ffff:ffff:ffff:fffe"],
    want: "fd00::ffff:ffff:ffff:ffff",
  },
];
for (const { name, ranges, used, want } of cases) {
  Deno.test(`chooseAddress() takes ${name}`, () => {
    const offered = ranges.map(parseRange);
    const family = offered[0]?.family ?? 4;
    const free = AddressSet.of(family, offered).difference(AddressSet.of(family, used.map(parseRange)));
    const value = chooseAddress(offered, free);
    assert.equal(value === undefined ? undefined : formatAddress({ family, value }), want);
  });
}

Deno.test("chooseAddress() does not take a free address between two ranges", () => {
  const free = AddressSet.ofValues(4, [parseAddress("10.0.0.5").value]);
  assert.equal(chooseAddress([parseRange("10.0.0.1-10.0.0.4"), parseRange("10.0.0.6")], free), undefined);
});
