/** What is said of a pool that has nothing left, and that its last address is found however large it is. */
import assert from "node:assert/strict";
import { parseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { planBatch } from "./batch.ts";
import { claim, encode, limitsOf } from "./batch_fixture.ts";
import { poolObject } from "./fake_pool_store.ts";
import { outcomeText } from "./outcome_fixture.ts";
import { poolViewOf } from "./pool_view.ts";

const details = [
  { name: "how many there are", spec: {}, reserved: [], want: "3 usable" },
  {
    name: "how many are reserved",
    spec: {},
    reserved: ["10.1.0.11"],
    want: "2 usable, 1 more set aside by SpiderReservedIPs",
  },
  {
    name: "what cannot be read",
    spec: { ips: ["10.1.0.10", "x"] },
    reserved: [],
    want: '1 usable, spec.ips cannot be read: ["x"]',
  },
];
for (const { name, spec, reserved, want } of details) {
  Deno.test(`planBatch() says of a full pool ${name}`, () => {
    const taken = ["10.1.0.10=X", "10.1.0.11=X", "10.1.0.12=X"];
    const pool = poolViewOf(poolObject(spec, { status: { allocatedIPs: encode(taken) } }));
    const limits = limitsOf({ reserved: AddressSet.of(4, reserved.map(parseRange)) });
    const [outcome] = planBatch(pool, [claim("A")], limits).outcomes;
    assert.deepEqual(outcome, { kind: "refused", reason: { code: "used-out", detail: want } });
  });
}

Deno.test("planBatch() finds the last address of a /8 and of a /48", () => {
  const wide = [
    { subnet: "10.0.0.0/8", ips: "10.0.0.0-10.255.255.255", used: "10.0.0.0-10.255.255.254", want: "10.255.255.255" },
    {
      subnet: "fd00::/48",
      ips: "fd00::-fd00:0:0:ffff:ffff:ffff:ffff:ffff",
      used: "fd00::-fd00:0:0:ffff:ffff:ffff:ffff:fffe",
      want: "fd00::ffff:ffff:ffff:ffff:ffff",
    },
  ];
  for (const { subnet, ips, used, want } of wide) {
    const pool = poolViewOf(poolObject({ subnet, ips: [ips] }));
    const reserved = AddressSet.of(pool.shape.family, [parseRange(used)]);
    const { outcomes } = planBatch(pool, [claim("A")], limitsOf({ reserved }));
    assert.deepEqual(outcomes.map(outcomeText), [want]);
  }
});
