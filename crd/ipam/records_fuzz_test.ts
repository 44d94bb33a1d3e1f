import assert from "node:assert/strict";
import type { Random } from "../../net/base/random.ts";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import {
  below,
  fuzz,
  jsonOf,
  mutatedJson,
  mutatedJsonText,
  oneOf,
  returnsOrThrows,
  some,
  textOf,
} from "../../tests/shared/fuzz.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { planBatch } from "./batch.ts";
import { poolObject } from "./fake_pool_store.ts";
import { MalformedPoolError, poolViewOf } from "./pool_view.ts";
import { quarantineOf } from "./quarantine.ts";
import { MalformedRecordsError } from "./record.ts";
import { PoolRecords } from "./records.ts";
import type { PoolRequest } from "./requests.ts";
import { reservedAddresses } from "./reserved.ts";

const NOW_MS = Date.parse("2026-01-01T00:00:00Z");
const uids = ["A", "B", "C", "", "quarantine:2026-01-01T00:00:00Z"];
const spellings = ["10.1.0.10", "10.1.0.11", "10.1.0.12", "10.9.9.9", "fd00::1", "FD00::1", "fd00:0::1", "bogus"];
const sample = {
  "10.1.0.10": { pod: "ns/A", podUid: "A", node: "n1" },
  "10.1.0.11": { pod: "ns/A", podUid: "A", nic: "net1", later: { x: [1, "é"] } },
  "10.1.0.12": { pod: "ns/B/quarantine", podUid: "quarantine:2025-12-31T00:00:00Z", mac: "02:00:00:00:00:01" },
  "fd00::1": { pod: "ns/C", podUid: "C" },
};

/** Records as others may write them. */
function recordsOf(random: Random): Record<string, unknown> {
  const members = some(random, 6, () => [random() < 0.8 ? oneOf(random, spellings) : textOf(random), recordOf(random)]);
  return Object.fromEntries(members);
}

function recordOf(random: Random): unknown {
  const podUid = oneOf(random, uids);
  const usual = {
    pod: oneOf(random, [`ns/${podUid}`, "ns/A", "ns/A/quarantine"]),
    podUid,
    [textOf(random)]: jsonOf(random),
  };
  return random() < 0.8 ? usual : mutatedJson(random, usual);
}

function requestOf(random: Random): PoolRequest {
  const podUid = oneOf(random, ["A", "B", "C", "D"]);
  const identity = { pod: `ns/${podUid}`, podUid, nic: oneOf(random, ["eth0", "net1"]), node: "n1" };
  switch (below(random, 3)) {
    case 0:
      return {
        kind: "release",
        pool: "p",
        podUid,
        ...(random() < 0.5 && { addresses: some(random, 3, () => oneOf(random, spellings)) }),
      };
    case 1: {
      const addresses = some(random, 2, () => ({ address: oneOf(random, spellings) }));
      return { kind: "quarantine", pool: "p", identity, addresses, forMs: 60_000 };
    }
    default:
      return {
        kind: "claim",
        pool: "p",
        generation: 1,
        poolUid: "pool-uid",
        identity,
        ...(random() < 0.3 && { want: parseAddress(oneOf(random, spellings.slice(0, 7))) }),
        ...(random() < 0.2 && { formerUid: oneOf(random, uids) }),
      };
  }
}

Deno.test("fuzz: PoolRecords.parse() refuses what is no JSON object, and writes everything else as it was", async () => {
  await fuzz((random) => mutatedJsonText(random, [sample, recordsOf(random)]), (text) => {
    const records = returnsOrThrows(() => PoolRecords.parse(text), [MalformedRecordsError]);
    if (records === undefined) return;
    const before: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
    const encoded = records.encode();
    assert.equal(records.size, Object.keys(before).length);
    assert.deepEqual(valuesOf(JSON.parse(encoded ?? "{}")), valuesOf(before));
    const again = PoolRecords.parse(encoded);
    assert.equal(again.encode(), encoded, "reading it again changes nothing");
    again.edit((draft) => assert.equal(draft.encodedBytes, escapedLength(encoded ?? "")));
  }, { runs: 6000 });
});

Deno.test("fuzz: planBatch() touches only records of who asks, and gives nobody what is recorded", async () => {
  await fuzz(
    (random) => ({ text: JSON.stringify(recordsOf(random)), requests: some(random, 5, requestOf) }),
    ({ text, requests }) => {
      const pool = poolViewOf(poolObject({}, { status: { allocatedIPs: text } }));
      const limits = { reserved: AddressSet.empty(4), maxRecords: 5000, maxBytes: 1_300_000, nowMs: NOW_MS };
      const { records, outcomes } = planBatch(pool, requests, limits);
      const asking = new Set(
        requests.map((request) => request.kind === "release" ? request.podUid : request.identity.podUid),
      );
      const former = new Set(requests.flatMap((request) => request.kind === "claim" ? request.formerUid ?? [] : []));
      for (const { key, record, text: before, oddity } of pool.records.entries()) {
        const isTheirs = oddity !== "unreadable" &&
          (asking.has(record.podUid) || former.has(record.podUid) || quarantineOf(record) !== undefined);
        if (isTheirs) continue;
        const after = [...records.entries()].find((entry) => entry.key === key)?.text;
        assert.equal(after, before, `the record of ${key} is nobody's who asked`);
      }
      outcomes.forEach((outcome, i) => {
        const request = requests[i];
        if (outcome.kind !== "claimed" || request?.kind !== "claim") return;
        const held = records.get(formatAddress(outcome.address));
        assert.equal(held?.podUid, request.identity.podUid);
        if (!outcome.existing) {
          assert.equal(
            pool.records.used(4).difference(freedBy(pool.records, records)).has(outcome.address.value),
            false,
          );
        }
      });
    },
    { runs: 6000 },
  );
});

const samplePool: SpiderIPPool = {
  ...poolObject({ ips: ["10.1.0.10-10.1.0.20", "10.1.0.9"], excludeIPs: ["10.1.0.12"] }),
  status: { allocatedIPs: JSON.stringify(sample), totalIPCount: 12 },
};

Deno.test("fuzz: poolViewOf() copes with whatever texts a pool holds", async () => {
  await fuzz((random) => {
    const texts = () =>
      some(random, 4, () => random() < 0.5 ? textOf(random) : oneOf(random, ["10.1.0.0/24", "fd00::-fd00::ffff"]));
    const spec = {
      subnet: oneOf(random, ["10.1.0.0/24", "fd00::/48", textOf(random)]),
      ips: texts(),
      excludeIPs: texts(),
    };
    return { ...samplePool, spec: { ...samplePool.spec, ...spec } };
  }, (pool) => {
    const view = returnsOrThrows(() => poolViewOf(pool), [MalformedPoolError]);
    if (view === undefined) return;
    const { ips = [], excludeIPs = [] } = pool.spec;
    assert.ok(view.shape.malformed.every((text) => ips.includes(text) || excludeIPs.includes(text)));
    const { apiVersion, metadata } = pool;
    reservedAddresses([{ apiVersion, kind: "SpiderReservedIP", metadata, spec: { ips } }], view.shape.family);
  });
});

Deno.test("PoolRecords.parse() reads records however deep they are nested, or says why not", () => {
  for (const number of ["1", "1e999"]) {
    const deep = `{"10.0.0.1":{"pod":"a/b","podUid":"u","x":${"[".repeat(100_000)}${number}${"]".repeat(100_000)}}}`;
    const records = returnsOrThrows(() => PoolRecords.parse(deep), [MalformedRecordsError]);
    if (records !== undefined) assert.equal(records.encode(), deep);
  }
});

Deno.test("PoolRecords keeps numbers of unknown members that no double holds", () => {
  const text = '{"10.0.0.1":{"pod":"a/b","podUid":"u","x":12345678901234567890,"y":[1.10,1e2]}}';
  const changed = PoolRecords.parse(text).edit((draft) => draft.put("10.0.0.2", { pod: "c/d", podUid: "v" }));
  assert.match(changed.encode() ?? "", /"x":12345678901234567890,"y":\[/);
});

Deno.test("PoolRecords reads 5000 odd records with long keys", () => {
  const entries = Array.from(
    { length: 5000 },
    (_, i) => [`${"k".repeat(200)}${i}`, i % 2 === 0 ? null : { pod: "", podUid: "" }],
  );
  const records = PoolRecords.parse(JSON.stringify(Object.fromEntries(entries)));
  assert.deepEqual([records.size, records.malformed.length], [5000, 5000]);
});

/** Addresses that a batch may hand out again: those released, and those whose quarantine was over. */
function freedBy(before: PoolRecords, after: PoolRecords): AddressSet {
  const now = new Map([...after.entries()].map(({ key, text }) => [key, text]));
  const values = [...before.entries()].flatMap(({ key, text, address }) =>
    address?.family === 4 && now.get(key) !== text ? [address.value] : []
  );
  return AddressSet.ofValues(4, values);
}

/** JSON of the values, in an order of their own: keys may have been spelled otherwise. */
function valuesOf(json: Record<string, unknown>): string[] {
  return Object.values(json).map((value) => JSON.stringify(value)).sort();
}

function escapedLength(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}
