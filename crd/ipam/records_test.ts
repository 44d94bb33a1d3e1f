import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../net/base/random.ts";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { PoolRecord } from "./record.ts";
import { PoolRecords } from "./records.ts";
import type { RecordsDraft } from "./records_draft.ts";

/** The worked example of spec/crds.md §2.4. */
const upstream =
  '{"10.20.0.10":{"pod":"shop/cart-0","podUid":"5b0e7c1a-6a51-4b5e-9a3b-0a8f5d1c2e77"},"10.20.0.2":{"pod":"shop/web-6f9c-x2lqp","podUid":"c2d4a9f0-17ce-4f0b-8f0e-6d5a3b9c1e10"},"10.20.0.9":{"pod":"vm-lab/db-vm","podUid":"0f3d1b2c-9e8a-4d7c-b6a5-112233445566"}}';

Deno.test("PoolRecords writes what it read, byte for byte", () => {
  assert.equal(PoolRecords.parse(upstream).encode(), upstream);
  const ours =
    '{"10.0.0.1":{"pod":"a/b","podUid":"u","nic":"net1","node":"n","x":{"y":[1]}},"bogus":{"pod":"","podUid":""}}';
  assert.equal(PoolRecords.parse(ours).encode(), ours);
});

Deno.test("PoolRecords.encode() sorts keys by bytes, not by number", () => {
  const records = PoolRecords.empty.edit((draft) => {
    for (const key of ["10.20.0.9", "10.20.0.10", "10.20.0.2"]) draft.put(key, { pod: "a/b", podUid: key });
  });
  assert.deepEqual(Object.keys(JSON.parse(records.encode()!)), ["10.20.0.10", "10.20.0.2", "10.20.0.9"]);
});

Deno.test("PoolRecords.parse() takes an absent field, an empty one and no records for none; the field then goes", () => {
  for (const text of [undefined, "", "{}", "{} "]) {
    assert.equal(PoolRecords.parse(text).size, 0);
    assert.equal(PoolRecords.parse(text).encode(), undefined);
  }
});

Deno.test("PoolRecords: an address that stands there in two spellings is free when both are gone", () => {
  const text = '{"fd00::1":{"pod":"a/b","podUid":"u"},"FD00::1":{"pod":"c/d","podUid":"v"}}';
  const both = PoolRecords.parse(text);
  assert.deepEqual([both.size, both.malformed, both.used(6).size], [2, ["FD00::1"], 1n]);
  for (const [first, second] of [["u", "v"], ["v", "u"]] as const) {
    const one = both.edit((draft) => draft.ofUid(first).forEach(({ key }) => draft.drop(key)));
    assert.deepEqual([one.size, one.used(6).size], [1, 1n]);
    const none = one.edit((draft) => draft.ofUid(second).forEach(({ key }) => draft.drop(key)));
    assert.deepEqual([none.size, none.used(6).size], [0, 0n]);
  }
});

Deno.test("PoolRecords: an address whose record cannot be read is not free, and belongs to nobody", () => {
  const records = PoolRecords.parse('{"10.0.0.1":null}');
  assert.deepEqual([records.size, records.malformed, records.used(4).size], [1, ["10.0.0.1"], 1n]);
  records.edit((draft) => assert.deepEqual(draft.ofUid(""), []));
  assert.equal(records.encode(), '{"10.0.0.1":null}');
});

Deno.test("PoolRecords knows the addresses in quarantine through edits", () => {
  const held = '"10.0.0.1":{"pod":"a/b","podUid":"u"}';
  const set = '"10.0.0.2":{"pod":"a/b/quarantine","podUid":"quarantine:2026-01-01T00:00:00Z"}';
  const keysOf = (records: PoolRecords) => {
    let keys: string[] = [];
    records.edit((draft) => void (keys = draft.quarantined().map(({ key }) => key)));
    return keys;
  };
  const records = PoolRecords.parse(`{${held},${set}}`);
  assert.deepEqual(keysOf(records), ["10.0.0.2"]);
  assert.deepEqual(keysOf(records.edit((draft) => draft.put("10.0.0.2", { pod: "a/b", podUid: "u" }))), []);
  const more = records.edit((draft) => draft.put("10.0.0.1", { pod: "a/b/quarantine", podUid: "quarantine:" }));
  assert.deepEqual(keysOf(more), ["10.0.0.2", "10.0.0.1"]);
  assert.deepEqual(keysOf(records), ["10.0.0.2"], "what was read is not changed");
});

Deno.test("PoolRecords keeps, counts and lists keys that are no address (ipam.md row 49)", () => {
  const records = PoolRecords.parse('{"10.0.0.1":{"pod":"a/b","podUid":"u"},"bogus":{"pod":"a/b","podUid":"u"}}');
  assert.deepEqual([records.size, records.malformed], [2, ["bogus"]]);
  records.edit((draft) => {
    assert.equal(draft.used(4).size, 1n);
    assert.deepEqual(draft.ofUid("u").map(({ key }) => key), ["10.0.0.1", "bogus"]);
  });
});

const noChanges: { name: string; change: (draft: RecordsDraft) => void }[] = [
  { name: "nothing", change() {} },
  { name: "dropping what is not there", change: (draft) => draft.drop("10.0.0.99") },
  { name: "putting the same record", change: (draft) => draft.put("10.20.0.2", webRecord()) },
  {
    name: "putting and dropping",
    change(draft) {
      draft.put("10.20.0.5", { pod: "a/b", podUid: "u" });
      draft.drop("10.20.0.5");
    },
  },
  {
    name: "dropping and putting back",
    change(draft) {
      draft.drop("10.20.0.2");
      draft.put("10.20.0.2", webRecord());
    },
  },
];
for (const { name, change } of noChanges) {
  Deno.test(`PoolRecords.edit() gives the same object back after ${name}`, () => {
    const records = PoolRecords.parse(upstream);
    assert.equal(records.edit(change), records);
  });
}

Deno.test("PoolRecords.edit() leaves the object it was called on alone, also when the change throws", () => {
  const records = PoolRecords.parse(upstream);
  const after = records.edit((draft) => draft.drop("10.20.0.2"));
  assert.deepEqual([records.size, after.size], [3, 2]);
  assert.throws(() =>
    records.edit((draft) => {
      draft.drop("10.20.0.2");
      throw new RangeError("mid-way");
    }), RangeError);
  assert.equal(records.encode(), upstream);
});

Deno.test("RecordsDraft.put() replaces a record that is given in another spelling", () => {
  const records = PoolRecords.parse('{"fd00::1":{"pod":"a/b","podUid":"u"}}').edit((draft) => {
    draft.put("FD00::1", { pod: "c/d", podUid: "v" });
    assert.deepEqual(draft.ofUid("u"), []);
    assert.equal(draft.used(6).size, 1n);
  });
  assert.equal(records.encode(), '{"fd00::1":{"pod":"c/d","podUid":"v"}}');
  assert.equal(bytesOf(records), escapedBytes(records));
});

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`PoolRecords.edit() does what a plain object would, seed ${seed}`, () => {
    const random = seededRandom(seed);
    const model = new Map<string, PoolRecord>();
    let records = PoolRecords.empty;
    for (let round = 0; round < 30; round++) {
      records = records.edit((draft) => {
        for (let i = 0; i < 8; i++) editBoth(draft, { model, random });
      });
      assertSame(records, model);
    }
  });
}

function editBoth(draft: RecordsDraft, { model, random }: { model: Map<string, PoolRecord>; random: Random }): void {
  const key = randomKey(random);
  if (random() < 0.4) {
    model.delete(key);
    return draft.drop(key);
  }
  const record = { pod: `ns/"é${Math.floor(random() * 3)}`, podUid: `u${Math.floor(random() * 4)}` };
  model.set(key, record);
  draft.put(key, record);
}

function randomKey(random: Random): string {
  const n = Math.floor(random() * 12);
  return random() < 0.1 ? `bogus "${n}\\` : random() < 0.5 ? `10.0.0.${n}` : `fd00::${(n + 1).toString(16)}`;
}

function assertSame(records: PoolRecords, model: ReadonlyMap<string, PoolRecord>): void {
  const sorted = [...model].sort(([a], [b]) => a < b ? -1 : 1);
  assert.equal(records.size, model.size);
  assert.equal(records.encode(), model.size === 0 ? undefined : JSON.stringify(Object.fromEntries(sorted)));
  assert.equal(bytesOf(records), escapedBytes(records));
  assert.deepEqual(PoolRecords.parse(records.encode()).encode(), records.encode());
  const addresses = [...model.keys()].filter((key) => !key.startsWith("bogus")).map(parseAddress);
  records.edit((draft) => {
    for (const family of [4, 6] as const) {
      const values = addresses.filter((address) => address.family === family).map(({ value }) => value);
      assert.ok(draft.used(family).equals(AddressSet.ofValues(family, values)), `used addresses of IPv${family}`);
    }
    for (const uid of ["u0", "u1", "u2", "u3"]) {
      const want = sorted.filter(([, record]) => record.podUid === uid).map(([key]) => key);
      assert.deepEqual(draft.ofUid(uid).map(({ key }) => key), want);
    }
  });
  for (const address of addresses) {
    assert.deepEqual(records.get(formatAddress(address)), model.get(formatAddress(address)));
  }
}

function bytesOf(records: PoolRecords): number {
  let bytes = -1;
  records.edit((draft) => {
    bytes = draft.encodedBytes;
  });
  return bytes;
}

function escapedBytes(records: PoolRecords): number {
  const text = records.encode();
  return text === undefined ? 0 : new TextEncoder().encode(JSON.stringify(text)).length - 2;
}

function webRecord(): PoolRecord {
  return { pod: "shop/web-6f9c-x2lqp", podUid: "c2d4a9f0-17ce-4f0b-8f0e-6d5a3b9c1e10" };
}
