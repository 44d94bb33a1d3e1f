import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { pool, v4a } from "./plan_fixture.ts";
import { formatCounts, poolCounts } from "./pool_counts.ts";
import { poolViewOf } from "./pool_view.ts";

function setOf(...addresses: string[]): AddressSet {
  return AddressSet.ofValues(4, addresses.map((text) => parseAddress(text).value));
}

const records = {
  "10.1.0.10": { pod: "ns1/a", podUid: "A" },
  "10.1.0.11": { pod: "ns1/b/quarantine", podUid: "quarantine:2026-01-01T00:00:00Z" },
  "10.1.0.99": { pod: "ns1/c", podUid: "C" },
  "bogus": { pod: "ns1/d", podUid: "D" },
};

Deno.test("poolCounts() adds up; records outside of what is offered do not count", () => {
  const spec = { ips: ["10.1.0.10-10.1.0.19"], excludeIPs: ["10.1.0.19"] };
  const view = poolViewOf({ ...v4a(spec), status: { allocatedIPs: JSON.stringify(records) } });
  const counts = poolCounts(view, {
    reserved: setOf("10.1.0.12", "10.9.0.1"),
    lately: setOf("10.1.0.13", "10.1.0.10"),
  });
  assert.deepEqual(counts, { offered: 9n, reserved: 1n, recorded: 2n, quarantined: 1n, free: 6n, lately: 1n });
  assert.equal(counts.offered, counts.reserved + counts.recorded + counts.free);
  assert.equal(
    formatCounts(counts),
    "6 of 9 addresses free (1 released lately, handed out last), 2 recorded (1 in quarantine), 1 reserved",
  );
});

Deno.test("poolCounts() counts what no number can", () => {
  const view = poolViewOf(pool("v6", { subnet: "fd00::/32", ips: ["fd00::1-fd00:0:ffff:ffff:ffff:ffff:ffff:ffff"] }));
  const counts = poolCounts(view, { reserved: AddressSet.empty(6) });
  assert.equal(counts.free, (1n << 96n) - 1n);
  assert.equal(formatCounts(counts), `${counts.free} of ${counts.free} addresses free, 0 recorded`);
});
