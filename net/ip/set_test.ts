import assert from "node:assert/strict";
import { type Random, seededRandom } from "../base/random.ts";
import { type Family, lastValueOf } from "./address.ts";
import { parsePrefix, rangeOfPrefix } from "./prefix.ts";
import { formatRange, parseRange } from "./range.ts";
import { AddressSet } from "./set.ts";

function setOf(family: Family, texts: readonly string[]): AddressSet {
  return AddressSet.of(family, texts.map(parseRange));
}

function textOf(set: AddressSet): string[] {
  return set.ranges().map(formatRange);
}

/** The merge table, rows M1–M25; M17, M24, M25 as neighbours should join. `want` absent: a bad list. */
const merges: { id: string; family: Family; list: string[]; want?: string[] }[] = [
  { id: "nothing, IPv4", family: 4, list: [], want: [] },
  { id: "nothing, IPv6", family: 6, list: [], want: [] },
  { id: "M1", family: 4, list: ["10.20.0.9", "10.20.0.2-10.20.0.4"], want: ["10.20.0.2-10.20.0.4", "10.20.0.9"] },
  { id: "M2", family: 4, list: ["10.20.0.2-10.20.0.4", "10.20.0.5-10.20.0.8"], want: ["10.20.0.2-10.20.0.8"] },
  { id: "M3", family: 4, list: ["10.20.0.2-10.20.0.4", "10.20.0.6"], want: ["10.20.0.2-10.20.0.4", "10.20.0.6"] },
  { id: "M4", family: 4, list: ["10.20.0.2-10.20.0.9", "10.20.0.4-10.20.0.5"], want: ["10.20.0.2-10.20.0.9"] },
  { id: "M5", family: 4, list: ["10.20.0.2-10.20.0.9", "10.20.0.7-10.20.0.12"], want: ["10.20.0.2-10.20.0.12"] },
  { id: "M6", family: 4, list: ["10.20.0.9", "10.20.0.9"], want: ["10.20.0.9"] },
  { id: "M7", family: 4, list: ["10.20.0.4", "10.20.0.3", "10.20.0.2"], want: ["10.20.0.2-10.20.0.4"] },
  {
    id: "M8",
    family: 4,
    list: ["10.20.0.100", "10.20.0.20", "10.20.0.3"],
    want: ["10.20.0.3", "10.20.0.20", "10.20.0.100"],
  },
  { id: "M9", family: 4, list: ["10.20.0.255", "10.20.1.0"], want: ["10.20.0.255-10.20.1.0"] },
  { id: "M10", family: 4, list: ["10.20.0.7-10.20.0.7", "10.20.0.30"], want: ["10.20.0.7", "10.20.0.30"] },
  { id: "M11, refused unless unmapped first", family: 4, list: ["::ffff:10.20.0.7", "10.20.0.8"] },
  { id: "M12", family: 4, list: ["10.20.0.9-10.20.0.2", "10.20.0.30"] },
  { id: "M13", family: 4, list: ["10.20.0.9", "fd20::9"] },
  { id: "M14", family: 4, list: ["10.20.0.9", "10.20.0.0/28"] },
  {
    id: "M15",
    family: 4,
    list: ["255.255.255.254", "255.255.255.255"],
    want: ["255.255.255.254-255.255.255.255"],
  },
  { id: "M16", family: 4, list: ["1.0.0.0", "0.255.255.255"], want: ["0.255.255.255-1.0.0.0"] },
  { id: "M17", family: 4, list: ["0.0.0.7", "0.0.0.8"], want: ["0.0.0.7-0.0.0.8"] },
  { id: "M18", family: 6, list: ["FD20::A", "fd20::1-fd20::3"], want: ["fd20::1-fd20::3", "fd20::a"] },
  { id: "M19", family: 6, list: ["fd20:0::1", "fd20::2"], want: ["fd20::1-fd20::2"] },
  { id: "M20", family: 6, list: ["fd20::ffff", "fd20::1:0"], want: ["fd20::ffff-fd20::1:0"] },
  { id: "M21", family: 6, list: ["fd20::9", "fd20::10"], want: ["fd20::9", "fd20::10"] },
  {
    id: "M22",
    family: 6,
    list: ["fe80::1", "fd20::1", "2001:db8::1"],
    want: ["2001:db8::1", "fd20::1", "fe80::1"],
  },
  {
    id: "M23, for the caller to refuse",
    family: 6,
    list: ["::ffff:10.20.0.7", "::ffff:10.20.0.8"],
    want: ["::ffff:10.20.0.7-::ffff:10.20.0.8"],
  },
  { id: "M24", family: 6, list: ["64:ff9b::1", "64:ff9b::2"], want: ["64:ff9b::1-64:ff9b::2"] },
  { id: "M25", family: 6, list: ["::", "::1"], want: ["::-::1"] },
];
for (const { id, family, list, want } of merges) {
  Deno.test(`AddressSet.of() ${want === undefined ? "refuses" : "merges"} ${id}`, () => {
    if (want === undefined) assert.throws(() => setOf(family, list), /^(Syntax|Range)Error/);
    else assert.deepEqual(textOf(setOf(family, list)), want);
  });
}

const badIntervals = [
  { name: "reversed", interval: { first: 5n, last: 4n } },
  { name: "negative", interval: { first: -1n, last: 4n } },
  { name: "past the family", interval: { first: 5n, last: 1n << 32n } },
  { name: "a range of the other family", interval: { family: 6 as const, first: 5n, last: 6n } },
];
for (const { name, interval } of badIntervals) {
  Deno.test(`AddressSet.of() refuses an interval that is ${name}`, () => {
    assert.throws(() => AddressSet.of(4, [interval]), { name: "RangeError", message: /set of IPv4 addresses/ });
  });
}

Deno.test("AddressSet operations refuse the other family", () => {
  const [four, six] = [AddressSet.empty(4), AddressSet.empty(6)];
  for (const operation of ["union", "difference", "intersection"] as const) {
    assert.throws(() => four[operation](six), { name: "TypeError", message: /one is IPv4, the other IPv6/ });
  }
  assert.equal(four.equals(six), false);
  assert.throws(() => four.with(1n << 32n), { name: "RangeError" });
  assert.throws(() => four.with(-1n), { name: "RangeError" });
});

/** Pool sizes: rows P1–P8, P13, P16 and P19–P25 of their table that do not depend on the subnet. */
const sizes: { id: string; family: Family; ips: string[]; exclude: string[]; want: bigint }[] = [
  { id: "P1", family: 4, ips: [], exclude: [], want: 0n },
  { id: "P2", family: 4, ips: [], exclude: ["10.20.0.9"], want: 0n },
  { id: "P3", family: 4, ips: ["10.20.0.0-10.20.0.255"], exclude: [], want: 256n },
  { id: "P4", family: 4, ips: ["10.20.0.2-10.20.0.12"], exclude: ["10.20.0.5-10.20.0.6"], want: 9n },
  { id: "P5", family: 4, ips: ["10.20.0.2-10.20.0.12"], exclude: ["10.20.0.1-10.20.0.3"], want: 9n },
  { id: "P6", family: 4, ips: ["10.20.0.2-10.20.0.12"], exclude: ["10.20.0.12-10.20.0.40"], want: 10n },
  { id: "P7", family: 4, ips: ["10.20.0.2-10.20.0.12"], exclude: ["10.20.0.100"], want: 11n },
  { id: "P8", family: 4, ips: ["10.20.0.2-10.20.0.12"], exclude: ["10.20.0.2-10.20.0.12"], want: 0n },
  { id: "P13", family: 4, ips: ["10.20.0.2-10.20.0.5", "10.20.0.6-10.20.0.9"], exclude: [], want: 8n },
  { id: "P16", family: 4, ips: ["10.20.0.2-10.20.0.20"], exclude: ["10.20.0.4", "10.20.0.4-10.20.0.6"], want: 16n },
  { id: "P19", family: 4, ips: ["10.20.0.8-10.20.0.9"], exclude: [], want: 2n },
  { id: "P21", family: 6, ips: ["fd20::8-fd20::9"], exclude: [], want: 2n },
  { id: "P22", family: 6, ips: ["fd20::-fd20::ffff:ffff:ffff:ffff"], exclude: [], want: 18446744073709551616n },
  { id: "P23", family: 6, ips: ["fd20::-fd20::7fff:ffff:ffff:ffff"], exclude: [], want: 9223372036854775808n },
  { id: "P24", family: 6, ips: ["fd20::1-fd20::7fff:ffff:ffff:ffff"], exclude: [], want: 9223372036854775807n },
  { id: "P25", family: 6, ips: ["FD20::9"], exclude: [], want: 1n },
  {
    id: "one hole over several ranges",
    family: 4,
    ips: ["10.0.0.1", "10.0.0.3", "10.0.0.5"],
    exclude: ["10.0.0.1-10.0.0.4"],
    want: 1n,
  },
];
for (const { id, family, ips, exclude, want } of sizes) {
  Deno.test(`difference() leaves ${want} addresses: ${id}`, () => {
    const left = setOf(family, ips).difference(setOf(family, exclude));
    assert.equal(left.size, want);
    assert.equal(left.intersection(setOf(family, exclude)).size, 0n);
  });
}

for (const family of [4, 6] as const) {
  const last = lastValueOf(family);
  const all = AddressSet.of(family, [{ first: 0n, last }]);
  const empty = AddressSet.empty(family);

  Deno.test(`IPv${family}: the full set ends at the last address`, () => {
    assert.equal(all.size, last + 1n);
    assert.equal(all.nextAtOrAfter(last), last);
    assert.equal(all.nextMissing(0n), last + 1n);
    assert.equal(all.nextAtOrAfter(last + 1n), undefined);
    assert.equal(all.has(last + 1n), false);
    assert.equal(all.has(-1n), false);
    assert.deepEqual(all.without(last).without(0n).intervals, [{ first: 1n, last: last - 1n }]);
    assert.ok(all.without(last).with(last).equals(all));
    assert.deepEqual([...AddressSet.of(family, [{ first: last - 1n, last }]).values()], [last - 1n, last]);
  });

  Deno.test(`IPv${family}: empty and full are neutral and absorbing`, () => {
    const some = AddressSet.ofValues(family, [0n, 7n, last]);
    assert.deepEqual(all.difference(all), empty);
    assert.deepEqual(all.union(empty), all);
    assert.deepEqual(all.intersection(some), some);
    assert.deepEqual(empty.union(some), some);
    assert.deepEqual(empty.difference(some), empty);
    assert.deepEqual(empty.intersection(some), empty);
    assert.deepEqual(all.difference(all.difference(some)), some);
  });

  Deno.test(`IPv${family}: the empty set has nothing`, () => {
    assert.equal(empty.size, 0n);
    assert.equal(empty.has(0n), false);
    assert.equal(empty.nextAtOrAfter(0n), undefined);
    assert.equal(empty.nextMissing(7n), 7n);
    assert.equal(empty.without(7n), empty);
    assert.deepEqual(empty.with(last).intervals, [{ first: last, last }]);
  });
}

Deno.test("with() and without() give the same object when nothing changes, and leave the old set alone", () => {
  const set = setOf(4, ["10.0.0.1-10.0.0.3", "10.0.0.5"]);
  const { first } = parseRange("10.0.0.2");
  assert.equal(set.with(first), set);
  assert.equal(set.without(first + 2n), set);
  assert.deepEqual(textOf(set.with(first + 2n)), ["10.0.0.1-10.0.0.5"]);
  assert.deepEqual(textOf(set.without(first)), ["10.0.0.1", "10.0.0.3", "10.0.0.5"]);
  assert.deepEqual(textOf(set), ["10.0.0.1-10.0.0.3", "10.0.0.5"]);
});

/** Offsets of a small universe, so that collisions are common; `base` puts it at either end of the family. */
const universe = 48;

function randomNumbers(random: Random): Set<number> {
  const numbers = new Set<number>();
  const density = random();
  for (let n = 0; n < universe; n++) if (random() < density) numbers.add(n);
  return numbers;
}

const places = [
  { name: "at the start of IPv4", family: 4, base: 0n },
  { name: "at the end of IPv4", family: 4, base: lastValueOf(4) + 1n - BigInt(universe) },
  { name: "over the 64-bit edge of IPv6", family: 6, base: (1n << 64n) - 24n },
  { name: "at the end of IPv6", family: 6, base: lastValueOf(6) + 1n - BigInt(universe) },
] as const;
for (const { name, family, base } of places) {
  const fast = (numbers: Iterable<number>) => AddressSet.ofValues(family, Array.from(numbers, (n) => base + BigInt(n)));

  Deno.test(`AddressSet is a Set of numbers ${name} (seed 48)`, () => {
    const random = seededRandom(48);
    for (let round = 0; round < 150; round++) {
      const [a, b] = [randomNumbers(random), randomNumbers(random)];
      assertSame(fast(a), { numbers: a, base });
      assertSame(fast(a).union(fast(b)), { numbers: a.union(b), base });
      assertSame(fast(a).difference(fast(b)), { numbers: a.difference(b), base });
      assertSame(fast(a).intersection(fast(b)), { numbers: a.intersection(b), base });
      assert.equal(fast(a).equals(fast(b)), a.symmetricDifference(b).size === 0);
    }
  });

  Deno.test(`AddressSet updates like a Set of numbers ${name} (seed 49)`, () => {
    const random = seededRandom(49);
    const numbers = new Set<number>();
    let set = AddressSet.empty(family);
    for (let step = 0; step < 1500; step++) {
      const n = Math.floor(random() * universe);
      const add = random() < (step < 750 ? 0.7 : 0.3);
      set = add ? set.with(base + BigInt(n)) : set.without(base + BigInt(n));
      if (add) numbers.add(n);
      else numbers.delete(n);
      if (step % 10 === 0) assertSame(set, { numbers, base });
      assert.equal(set.size, BigInt(numbers.size));
    }
  });

  Deno.test(`AddressSet.of() joins random overlapping intervals ${name} (seed 50)`, () => {
    const random = seededRandom(50);
    for (let round = 0; round < 100; round++) {
      const numbers = new Set<number>();
      const intervals = Array.from({ length: Math.floor(random() * 8) }, () => {
        const first = Math.floor(random() * universe);
        const last = Math.min(universe - 1, first + Math.floor(random() * 8));
        for (let n = first; n <= last; n++) numbers.add(n);
        return { first: base + BigInt(first), last: base + BigInt(last) };
      });
      assertSame(AddressSet.of(family, intervals), { numbers, base });
    }
  });
}

/** Compares members, count, both searches at every value, and that the intervals are canonical. */
function assertSame(set: AddressSet, { numbers, base }: { numbers: ReadonlySet<number>; base: bigint }): void {
  const sorted = [...numbers].sort((a, b) => a - b);
  assert.deepEqual([...set.values()], sorted.map((n) => base + BigInt(n)));
  assert.equal(set.size, BigInt(numbers.size));
  for (let n = 0; n < universe; n++) {
    const value = base + BigInt(n);
    const next = sorted.find((m) => m >= n);
    let missing = n;
    while (numbers.has(missing)) missing++;
    assert.equal(set.has(value), numbers.has(n));
    assert.equal(set.nextAtOrAfter(value), next === undefined ? undefined : base + BigInt(next));
    assert.equal(set.nextMissing(value), base + BigInt(missing));
  }
  set.intervals.forEach(({ first, last }, i) => {
    assert.ok(first <= last);
    assert.ok(i === 0 || first > (set.intervals[i - 1]?.last ?? 0n) + 1n, "neighbours must be one interval");
  });
}

for (const { text, family } of [{ text: "fd00::/48", family: 6 }, { text: "10.0.0.0/8", family: 4 }] as const) {
  Deno.test(`AddressSet holds ${text} minus 5000 random addresses (seed 5000)`, () => {
    const random = seededRandom(5000);
    const range = rangeOfPrefix(parsePrefix(text));
    const width = range.last - range.first + 1n;
    const values = new Set<bigint>();
    while (values.size < 5000) {
      const bits = (BigInt(Math.floor(random() * 2 ** 40)) << 40n) | BigInt(Math.floor(random() * 2 ** 40));
      values.add(range.first + bits % width);
    }
    const pool = AddressSet.of(family, [range]);
    const used = AddressSet.ofValues(family, values);
    const free = pool.difference(used);
    assert.equal(used.size, 5000n);
    assert.equal(free.size, width - 5000n);
    assert.ok(free.intervals.length <= 5001);
    assert.ok(free.union(used).equals(pool));
    assert.equal(free.intersection(used).size, 0n);
    for (const value of values) {
      assert.equal(free.has(value), false);
      assert.equal(free.nextAtOrAfter(value), used.nextMissing(value));
    }
  });
}

Deno.test("AddressSet allocates 5000 addresses of fd00::/48 one by one and takes them back", () => {
  const pool = AddressSet.of(6, [rangeOfPrefix(parsePrefix("fd00::/48"))]);
  let [free, used] = [pool, AddressSet.empty(6)];
  const first = pool.nextAtOrAfter(0n) ?? 0n;
  for (let i = 0n; i < 10_000n; i += 2n) { // every other address: the worst case, one interval each
    free = free.without(first + i);
    used = used.with(first + i);
  }
  assert.equal(used.intervals.length, 5000);
  assert.equal(free.size, pool.size - 5000n);
  assert.ok(pool.difference(used).equals(free));
  for (const value of used.values()) free = free.with(value);
  assert.ok(free.equals(pool));
});
