import assert from "node:assert/strict";
import { poolObject } from "./fake_pool_store.ts";
import { type CachedPool, PoolMemory } from "./pool_memory.ts";
import { poolViewOf } from "./pool_view.ts";
import { PoolRecords } from "./records.ts";
import type { ClaimRequest, ReleaseRequest } from "./requests.ts";

const record = '{"10.1.0.10":{"pod":"a/b","podUid":"u"}}';
const release: ReleaseRequest = { kind: "release", pool: "p", podUid: "u" };

const outdated = [
  { name: "nothing is cached", memory: () => new PoolMemory(), request: release, want: true },
  { name: "the cache is good enough", memory: () => cachedAt("200"), request: release, want: false },
  { name: "a watch saw a newer one", memory: () => observing(cachedAt("200"), "201"), request: release, want: true },
  {
    name: "a watch saw a much newer one",
    memory: () => observing(cachedAt("999"), "1000"),
    request: release,
    want: true,
  },
  { name: "a watch saw the same one", memory: () => observing(cachedAt("200"), "200"), request: release, want: false },
  {
    name: "a watch saw older ones",
    memory: () => observing(cachedAt("200"), "199", "99"),
    request: release,
    want: false,
  },
  {
    name: "a watch saw a newer, then an older one",
    memory: () => observing(cachedAt("200"), "201", "199"),
    request: release,
    want: true,
  },
  {
    name: "a watch saw something that is no number",
    memory: () => observing(cachedAt("200"), "x"),
    request: release,
    want: false,
  },
  {
    name: "the caller knows a newer spec",
    memory: () => cachedAt("200"),
    request: claim({ generation: 2 }),
    want: true,
  },
  {
    name: "the caller knows an older spec",
    memory: () => cachedAt("200"),
    request: claim({ generation: 0 }),
    want: false,
  },
  {
    name: "the caller knows another pool",
    memory: () => cachedAt("200"),
    request: claim({ poolUid: "later" }),
    want: true,
  },
];
for (const { name, memory, request, want } of outdated) {
  Deno.test(`PoolMemory.isOutdatedFor() when ${name}: ${want}`, () => {
    assert.equal(memory().isOutdatedFor(request, 11), want);
  });
}

Deno.test("PoolMemory.isOutdatedFor() does not read twice for one request", () => {
  assert.equal(cachedAt("200").isOutdatedFor(claim({ generation: 2 }), 9), false);
});

Deno.test("PoolMemory drops a hint that a later read contradicts, and keeps one that came during the read", () => {
  const memory = observing(cachedAt("200"), "300");
  const before = memory.hint;
  memory.read(cached("201"), before);
  assert.equal(memory.isOutdatedFor(release, 11), false);
  const during = memory.hint;
  memory.observe("302");
  memory.read(cached("301"), during);
  assert.equal(memory.isOutdatedFor(release, 11), true);
});

Deno.test("PoolMemory: the watch event of the own write is no news", () => {
  const memory = cachedAt("200");
  const write = memory.writeOf(PoolRecords.parse(record));
  memory.observe("201");
  memory.wrote({ records: PoolRecords.parse(record), write, resourceVersion: "201", asOf: 12 });
  assert.equal(memory.isOutdatedFor(release, 13), false);
  assert.equal(memory.cached?.view.records.size, 1);
});

Deno.test("PoolMemory: a lost write is over when the version moved, and only then", () => {
  const memory = cachedAt("200");
  memory.lose();
  assert.deepEqual([memory.cached, memory.hasLostWrite], [undefined, true]);
  memory.read(cached("200"), undefined);
  memory.confirmed(20);
  memory.forget();
  assert.equal(memory.hasLostWrite, true);
  memory.read(cached("201"), undefined);
  assert.equal(memory.hasLostWrite, false);
});

Deno.test("PoolMemory: a lost write is over when a write was done, or the pool is gone", () => {
  const ends: ((memory: PoolMemory) => void)[] = [
    (memory) =>
      memory.wrote({
        records: PoolRecords.empty,
        write: memory.writeOf(PoolRecords.empty),
        resourceVersion: "201",
        asOf: 1,
      }),
    (memory) => memory.gone(),
  ];
  for (const end of ends) {
    const memory = cachedAt("200");
    memory.lose();
    memory.read(cached("200"), undefined);
    end(memory);
    assert.equal(memory.hasLostWrite, false);
  }
});

const texts = [
  { name: "other records", stored: undefined, records: record, want: record },
  { name: "no records", stored: record, records: undefined, want: undefined },
  { name: "the same records, spelled differently", stored: record, records: record, want: `${record} ` },
  { name: "the same records again, in their own spelling", stored: `${record} `, records: record, want: record },
  { name: "none instead of none, spelled differently", stored: undefined, records: undefined, want: "{}" },
  { name: "none again, in their own spelling", stored: "{}", records: undefined, want: undefined },
];
for (const { name, stored, records, want } of texts) {
  Deno.test(`PoolMemory.writeOf() writes ${name}`, () => {
    const write = cachedAt("200", stored).writeOf(PoolRecords.parse(records));
    assert.deepEqual(write, {
      name: "p",
      resourceVersion: "200",
      allocatedIPs: want,
      allocatedIPCount: records === undefined ? 0 : 1,
      totalIPCount: 3,
    });
    assert.notEqual(want, stored);
    assert.equal(PoolRecords.parse(want).encode(), records);
  });
}

Deno.test("PoolMemory.writeOf() writes nothing that was not read", () => {
  assert.throws(() => new PoolMemory().writeOf(PoolRecords.empty), TypeError);
});

function cachedAt(resourceVersion: string, text?: string): PoolMemory {
  const memory = new PoolMemory();
  memory.read(cached(resourceVersion, text), undefined);
  return memory;
}

function cached(resourceVersion: string, text?: string): CachedPool {
  const status = { ...(text !== undefined && { allocatedIPs: text }), totalIPCount: 3 };
  return { view: poolViewOf(poolObject({}, { resourceVersion, status })), text, asOf: 10 };
}

function observing(memory: PoolMemory, ...versions: readonly string[]): PoolMemory {
  for (const version of versions) memory.observe(version);
  return memory;
}

function claim(fields: Partial<ClaimRequest>): ClaimRequest {
  const identity = { pod: "a/b", podUid: "u", nic: "eth0", node: "n1" };
  return { kind: "claim", pool: "p", generation: 1, poolUid: "pool-uid", identity, ...fields };
}
