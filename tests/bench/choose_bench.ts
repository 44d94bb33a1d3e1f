/**
 * What a batch of claims and the records themselves cost: `deno bench tests/bench/choose_bench.ts`. The width of a pool
 * must not matter, only how many records it has, and that IPv6 text takes longer to write.
 */
import { planBatch } from "../../crd/ipam/batch.ts";
import { type PoolView, poolViewOf } from "../../crd/ipam/pool_view.ts";
import { RecentReleases } from "../../crd/ipam/recent_releases.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { ClaimRequest } from "../../crd/ipam/requests.ts";
import { formatAddress } from "../../net/ip/address.ts";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";

const pools = [
  { name: "10.0.0.0/8", subnet: "10.0.0.0/8", ips: "10.0.0.1-10.255.255.254" },
  { name: "fd00::/48", subnet: "fd00::/48", ips: "fd00::1-fd00::ffff:ffff:ffff:ffff:ffff" },
  { name: "10.1.0.0/24", subnet: "10.1.0.0/24", ips: "10.1.0.1-10.1.0.254" },
];

const claims = Array.from({ length: 64 }, (_, i) => claimOf(`bench-${i}`));

for (const { name, subnet, ips } of pools) {
  // A /24 has no room for 4000 records of its own: there they are those of the pool's former ranges.
  for (const count of [0, 4000]) {
    const pool = poolOf({
      subnet,
      ips,
      records: recordsText(count, { from: count === 0 || name !== "10.1.0.0/24" ? ips : "10.2.0.0-10.2.255.255" }),
    });
    const limits = { reserved: AddressSet.empty(pool.shape.family), maxRecords: 5000, maxBytes: 1_300_000, nowMs: 0 };
    Deno.bench(`64 claims on ${name} with ${count} records`, {
      group: `${count} records`,
      baseline: name === "10.1.0.0/24",
    }, () => {
      planBatch(pool, claims, limits);
    });
  }
}

// What is handed out last must not make the others dearer, nor be dear itself when there is nothing else.
for (
  const { name, ips } of [
    { name: "plenty", ips: "10.0.0.0-10.255.255.255" },
    { name: "nothing else free", ips: "10.0.0.0-10.0.3.255" },
  ]
) {
  const { pool, recentlyReleased } = withReleases(ips);
  const limits = { reserved: AddressSet.empty(4), maxRecords: 5000, maxBytes: 1_300_000, nowMs: 0, recentlyReleased };
  Deno.bench(`64 claims, 1024 addresses released lately, ${name}`, { group: "reuse" }, () => {
    planBatch(pool, claims, limits);
  });
}

const text = recordsText(5000, { from: "10.0.0.1-10.255.255.254" });
const records = PoolRecords.parse(text);

Deno.bench("parse 5000 records", { group: "text" }, () => {
  PoolRecords.parse(text);
});

Deno.bench("encode 5000 records", { group: "text" }, () => {
  records.encode();
});

/** A pool whose first 1024 addresses have just been released. */
function withReleases(ips: string): { pool: PoolView; recentlyReleased: RecentReleases } {
  const recentlyReleased = new RecentReleases();
  const held = Array.from({ length: 1024 }, (_, i) => [formatAddress({ family: 4, value: 0x0a000000n + BigInt(i) }), {
    pod: "shop/web",
    podUid: `uid-${i}`,
  }]);
  recentlyReleased.see(poolOf({ subnet: "10.0.0.0/8", ips, records: JSON.stringify(Object.fromEntries(held)) }));
  const pool = poolOf({ subnet: "10.0.0.0/8", ips, records: "{}" });
  recentlyReleased.see(pool);
  return { pool, recentlyReleased };
}

function poolOf({ subnet, ips, records }: { subnet: string; ips: string; records: string }): PoolView {
  return poolViewOf({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: { name: "p", uid: "pool-uid", resourceVersion: "1", generation: 1 },
    spec: { subnet, ips: [ips] },
    status: { allocatedIPs: records },
  });
}

/** Every third address is recorded, so that nothing coalesces: the worst a set can be. */
function recordsText(count: number, { from }: { readonly from: string }): string {
  const { family, first } = parseRange(from);
  const entries = Array.from({ length: count }, (_, i) => {
    const uid = `${String(i).padStart(8, "0")}-6a51-4b5e-9a3b-0a8f5d1c2e77`;
    return [formatAddress({ family, value: first + 3n * BigInt(i) }), {
      pod: `shop/web-6f9c-${i}`,
      podUid: uid,
      node: "node-1",
    }];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

function claimOf(podUid: string): ClaimRequest {
  const identity = { pod: `shop/${podUid}`, podUid, nic: "eth0", node: "node-1" };
  return { kind: "claim", pool: "p", generation: 1, poolUid: "pool-uid", identity };
}
