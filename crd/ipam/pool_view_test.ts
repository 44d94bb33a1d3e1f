import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/address.ts";
import { formatRange } from "../../net/ip/range.ts";
import { poolObject } from "./fake_pool_store.ts";
import { addressInSubnet, MalformedPoolError, poolShapeOf, poolViewOf } from "./pool_view.ts";
import { MalformedRecordsError } from "./record.ts";

const shapes = [
  { name: "ranges", spec: { ips: ["10.1.0.10-10.1.0.12"] }, offered: ["10.1.0.10-10.1.0.12"] },
  { name: "no addresses", spec: { ips: [] }, offered: [] },
  {
    name: "exclusions",
    spec: { ips: ["10.1.0.10-10.1.0.20"], excludeIPs: ["10.1.0.12", "10.1.0.19-10.1.0.30"] },
    offered: ["10.1.0.10-10.1.0.11", "10.1.0.13-10.1.0.18"],
  },
  {
    name: "overlapping ranges",
    spec: { ips: ["10.1.0.5-10.1.0.8", "10.1.0.7-10.1.0.9"] },
    offered: ["10.1.0.5-10.1.0.9"],
  },
  {
    name: "addresses outside the subnet",
    spec: { ips: ["10.0.255.250-10.1.0.3", "10.2.0.1"] },
    offered: ["10.1.0.0-10.1.0.3"],
  },
  {
    name: "a whole IPv6 slice excluded",
    spec: {
      subnet: "fd00::/48",
      ips: ["fd00::1-fd00::ffff:ffff:ffff:ffff"],
      excludeIPs: ["fd00::2-fd00::ffff:ffff:ffff:fffe"],
    },
    offered: ["fd00::1", "fd00::ffff:ffff:ffff:ffff"],
  },
];
for (const { name, spec, offered } of shapes) {
  Deno.test(`poolShapeOf() offers: ${name}`, () => {
    const shape = poolShapeOf(poolObject(spec));
    assert.deepEqual(shape.offered.ranges().map(formatRange), offered);
    assert.deepEqual(shape.malformed, []);
  });
}

Deno.test("poolShapeOf() keeps the stored order of the ranges and takes the family from the subnet", () => {
  const shape = poolShapeOf(poolObject({ ips: ["10.1.0.50", "10.1.0.5-10.1.0.6"] }));
  assert.deepEqual(shape.ranges.map(formatRange), ["10.1.0.50", "10.1.0.5-10.1.0.6"]);
  assert.equal(shape.family, 4);
});

Deno.test("poolShapeOf() lists what it cannot read, exclusions apart", () => {
  const shape = poolShapeOf(poolObject({ ips: ["10.1.0.9-10.1.0.1", "10.1.0.10"], excludeIPs: ["fd00::1", "x"] }));
  assert.deepEqual(shape.malformed, ["10.1.0.9-10.1.0.1", "fd00::1", "x"]);
  assert.deepEqual(shape.malformedExclusions, ["fd00::1", "x"]);
  assert.deepEqual(shape.offered.ranges().map(formatRange), ["10.1.0.10"]);
});

for (const subnet of ["", "10.1.0.0", "10.1.0.0/33", "pool"]) {
  Deno.test(`poolShapeOf() refuses the subnet ${JSON.stringify(subnet)}`, () => {
    assert.throws(() => poolShapeOf(poolObject({ subnet })), new MalformedPoolError("p", subnet));
  });
}

Deno.test("poolShapeOf() refuses a pool without a spec", () => {
  const { spec: _, ...pool } = poolObject();
  assert.throws(() => poolShapeOf(pool), MalformedPoolError);
});

Deno.test("poolViewOf() carries what the writer needs", () => {
  const status = { allocatedIPs: '{"10.1.0.10":{"pod":"a/b","podUid":"u"}}', allocatedIPCount: 1, totalIPCount: 3 };
  const deletionTimestamp = "2026-01-02T03:04:05Z";
  const { shape, records, ...rest } = poolViewOf(
    poolObject({ disable: true }, { status, deletionTimestamp, generation: 7 }),
  );
  assert.deepEqual(rest, {
    name: "p",
    uid: "pool-uid",
    resourceVersion: "100",
    generation: 7,
    terminating: deletionTimestamp,
    disabled: true,
    totalIPCount: 3,
  });
  assert.deepEqual([shape.offered.size, records.size], [3n, 1]);
});

Deno.test("poolViewOf() refuses records that nobody understands", () => {
  assert.throws(() => poolViewOf(poolObject({}, { status: { allocatedIPs: "{" } })), MalformedRecordsError);
});

Deno.test("addressInSubnet() has the subnet's length", () => {
  assert.equal(addressInSubnet(parseAddress("10.1.0.7"), poolShapeOf(poolObject()).subnet), "10.1.0.7/24");
});
