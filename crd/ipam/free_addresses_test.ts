import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { FreeAddresses } from "./free_addresses.ts";

interface Case {
  readonly name: string;
  readonly ranges?: readonly string[];
  readonly free: readonly string[];
  /** The longest free first. */
  readonly recent?: readonly string[];
  readonly justReleased?: readonly string[];
  readonly wanted?: string;
  readonly except?: readonly string[];
  /** What is chosen until nothing is left. */
  readonly want: readonly string[];
}

const cases: Case[] = [
  { name: "the lowest first", free: ["10.0.0.2", "10.0.0.1"], want: ["10.0.0.1", "10.0.0.2"] },
  {
    name: "the first range first",
    ranges: ["10.0.0.8-10.0.0.9", "10.0.0.1"],
    free: ["10.0.0.1", "10.0.0.9"],
    want: ["10.0.0.9", "10.0.0.1"],
  },
  {
    name: "what was released lately last, the longest free first, what this batch released after that",
    free: ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"],
    recent: ["10.0.0.3", "10.0.0.1"],
    justReleased: ["10.0.0.2"],
    want: ["10.0.0.4", "10.0.0.5", "10.0.0.3", "10.0.0.1", "10.0.0.2"],
  },
  {
    name: "another range before what was released lately",
    ranges: ["10.0.0.1-10.0.0.2", "10.0.0.8"],
    free: ["10.0.0.1", "10.0.0.8"],
    recent: ["10.0.0.1"],
    want: ["10.0.0.8", "10.0.0.1"],
  },
  {
    name: "nothing of what was released lately that is not free: reserved, excluded or taken again",
    free: ["10.0.0.1"],
    recent: ["10.0.0.7", "10.0.0.1"],
    want: ["10.0.0.1"],
  },
  {
    name: "what is wanted, even if it was released lately",
    free: ["10.0.0.1", "10.0.0.2"],
    recent: ["10.0.0.2"],
    wanted: "10.0.0.2",
    want: ["10.0.0.2", "10.0.0.1"],
  },
  { name: "not what is wanted and not free", free: ["10.0.0.1"], wanted: "10.0.0.7", want: ["10.0.0.1"] },
  {
    name: "not what other NICs hold, wherever it stands",
    free: ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    recent: ["10.0.0.2", "10.0.0.3"],
    except: ["10.0.0.1", "10.0.0.2", "fd00::1", "x"],
    wanted: "10.0.0.2",
    want: ["10.0.0.3"],
  },
];
for (
  const { name, ranges = ["10.0.0.0-10.0.0.255"], free, recent = [], justReleased = [], wanted, except = [], want }
    of cases
) {
  Deno.test(`FreeAddresses.choose() gives ${name}`, () => {
    const addresses = new FreeAddresses(setOf(free), {
      ranges: ranges.map(parseRange),
      recent: recent.length === 0
        ? undefined
        : { addresses: setOf(recent), oldestFirst: () => recent.map((text) => parseAddress(text).value) },
      justReleased: setOf(justReleased),
    });
    const chosen: string[] = [];
    const query = { wanted: wanted === undefined ? undefined : parseAddress(wanted).value, except };
    for (let value = addresses.choose(query); value !== undefined; value = addresses.choose(query)) {
      chosen.push(formatAddress({ family: 4, value }));
      addresses.take(value);
    }
    assert.deepEqual(chosen, want);
  });
}

function setOf(texts: readonly string[]): AddressSet {
  return AddressSet.ofValues(4, texts.map((text) => parseAddress(text).value));
}
