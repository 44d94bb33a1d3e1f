import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { poolObject } from "./fake_pool_store.ts";
import { poolViewOf } from "./pool_view.ts";
import { MAX_REMEMBERED, RecentReleases } from "./recent_releases.ts";

function viewOf(held: readonly string[], { uid = "pool-uid" } = {}) {
  const records = Object.fromEntries(held.map((address) => [address, { pod: "ns/p", podUid: "u" }]));
  const pool = poolObject({}, { status: { allocatedIPs: JSON.stringify(records) } });
  return poolViewOf({ ...pool, metadata: { ...pool.metadata, uid } });
}

const cases = [
  { name: "nothing at first", seen: [["10.1.0.1"]], want: [] },
  { name: "what is gone", seen: [["10.1.0.1", "10.1.0.2"], ["10.1.0.1"]], want: ["10.1.0.2"] },
  {
    name: "in the order of release",
    seen: [["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["10.1.0.1", "10.1.0.2"], ["10.1.0.2"]],
    want: ["10.1.0.3", "10.1.0.1"],
  },
  { name: "not what was taken again", seen: [["10.1.0.1"], [], ["10.1.0.1"]], want: [] },
  {
    name: "what was taken and released again, as the last",
    seen: [["10.1.0.1", "10.1.0.2"], ["10.1.0.2"], [], ["10.1.0.1"], []],
    want: ["10.1.0.2", "10.1.0.1"],
  },
];
for (const { name, seen, want } of cases) {
  Deno.test(`RecentReleases remembers ${name}`, () => {
    const recent = new RecentReleases();
    for (const held of seen) recent.see(viewOf(held));
    assert.deepEqual([...recent.oldestFirst()].map((value) => formatAddress({ family: 4, value })), want);
    assert.deepEqual([...recent.addresses.values()], want.map((text) => parseAddress(text).value).sort());
  });
}

Deno.test("RecentReleases forgets everything when the pool is made again under its name", () => {
  const recent = new RecentReleases();
  recent.see(viewOf(["10.1.0.1"]));
  recent.see(viewOf([]));
  recent.see(viewOf([], { uid: "another" }));
  assert.deepEqual([recent.addresses.size, [...recent.oldestFirst()]], [0n, []]);
});

Deno.test("RecentReleases keeps a bounded number, the latest", () => {
  const many = Array.from(
    { length: MAX_REMEMBERED + 8 },
    (_, i) => formatAddress({ family: 4, value: 0x0a010000n + BigInt(i) }),
  );
  const recent = new RecentReleases();
  recent.see(viewOf(many));
  recent.see(viewOf(many.slice(8)));
  assert.deepEqual(recent.addresses.size, 8n);
  recent.see(viewOf([]));
  assert.equal(recent.addresses.size, BigInt(MAX_REMEMBERED));
  assert.equal([...recent.oldestFirst()].length, MAX_REMEMBERED);
  assert.equal(recent.addresses.has(parseAddress("10.1.0.0").value), false, "the oldest are like any other");
});
