import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { KubeApiError } from "../kube/errors.ts";
import { DryRunClaims, type DryRunTry } from "./dry_run_claims.ts";
import { v4a } from "./plan_fixture.ts";
import type { ClaimRequest } from "./requests.ts";

const options = { deadlineMs: Infinity };

function claimOf(nic: string, rest: Partial<ClaimRequest> = {}): ClaimRequest {
  const identity = { pod: "ns1/p", podUid: "U1", nic, node: "n1" };
  return { kind: "claim", pool: "v4a", generation: 0, poolUid: "", identity, ...rest };
}

/** Claims on one pool, and how often it was read. */
function setUp(read: () => SpiderIPPool | Error, lately: readonly string[] = []) {
  const recent = AddressSet.ofValues(4, lately.map((text) => parseAddress(text).value));
  let reads = 0;
  const claims = new DryRunClaims({
    read() {
      reads++;
      const found = read();
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
    },
    limitsOf: () => ({
      reserved: AddressSet.empty(4),
      maxRecords: 5000,
      maxBytes: 1e6,
      nowMs: 0,
      recentlyReleased: { addresses: recent, oldestFirst: () => recent.values() },
    }),
  });
  return { claims, reads: () => reads };
}

function textOf(tried: DryRunTry | undefined): string | undefined {
  if (tried?.code !== "claimed") return tried?.reason.code;
  const { address, existing, lately } = tried;
  return `${formatAddress(address)}${existing ? " existing" : ""}${lately ? " lately" : ""}`;
}

Deno.test("DryRunClaims gives each NIC its own address and reads the pool once", async () => {
  const { claims, reads } = setUp(() => v4a());
  await Promise.all(["eth0", "net1"].map((nic) => claims.claim(claimOf(nic), options)));
  assert.deepEqual(["eth0", "net1", "net2"].map((nic) => textOf(claims.tryOf("v4a", nic))), [
    "10.1.0.10",
    "10.1.0.11",
    undefined,
  ]);
  assert.equal(reads(), 1);
  assert.equal(claims.counts.get("v4a")?.free, 3n, "as it was before");
});

Deno.test("DryRunClaims does not take what it recorded itself for a record that was there", async () => {
  const { claims } = setUp(() => v4a());
  for (let i = 0; i < 2; i++) await claims.claim(claimOf("eth0"), options);
  assert.equal(textOf(claims.tryOf("v4a", "eth0")), "10.1.0.10");
  await claims.release({ kind: "release", pool: "v4a", podUid: "U1" }, options);
  await claims.claim(claimOf("net1"), options);
  assert.equal(textOf(claims.tryOf("v4a", "net1")), "10.1.0.10");
});

Deno.test("DryRunClaims finds a record that is there", async () => {
  const allocatedIPs = JSON.stringify({ "10.1.0.11": { pod: "ns1/p", podUid: "U1" } });
  const { claims } = setUp(() => ({ ...v4a(), status: { allocatedIPs } }));
  const outcome = await claims.claim(claimOf("eth0", { ownOnly: true }), options);
  assert.equal(outcome.kind, "claimed");
  assert.equal(textOf(claims.tryOf("v4a", "eth0")), "10.1.0.11 existing");
});

Deno.test("DryRunClaims hands out last what was released lately, and says so", async () => {
  const { claims } = setUp(() => v4a({ ips: ["10.1.0.10-10.1.0.11"] }), ["10.1.0.10"]);
  await claims.claim(claimOf("eth0"), options);
  await claims.claim(claimOf("net1"), options);
  assert.deepEqual(["eth0", "net1"].map((nic) => textOf(claims.tryOf("v4a", nic))), ["10.1.0.11", "10.1.0.10 lately"]);
});

Deno.test("DryRunClaims reads a pool again after it was judged by another spec", async () => {
  const { claims, reads } = setUp(() => v4a({}, { generation: 2 }));
  assert.equal((await claims.claim(claimOf("eth0", { generation: 1 }), options)).kind, "stale");
  assert.equal((await claims.claim(claimOf("eth0", { generation: 2 }), options)).kind, "claimed");
  assert.equal(reads(), 2);
});

const gone = new KubeApiError({ request: "GET /v4a", status: 404, reason: "NotFound", message: "not found" });
const unreadable = [
  { name: "does not exist", read: () => gone },
  { name: "has no readable subnet", read: () => v4a({ subnet: "x" }) },
  { name: "has unreadable records", read: () => ({ ...v4a(), status: { allocatedIPs: "[]" } }) },
];
for (const { name, read } of unreadable) {
  Deno.test(`DryRunClaims refuses for a pool that ${name}`, async () => {
    const { claims } = setUp(read);
    assert.equal((await claims.claim(claimOf("eth0"), options)).kind, "refused");
    assert.equal(textOf(claims.tryOf("v4a", "eth0")), "failed");
    assert.deepEqual((await claims.release({ kind: "release", pool: "v4a", podUid: "U1" }, options)).addresses, []);
  });
}

Deno.test("DryRunClaims fails as the API server does, and asks again then", async () => {
  let broken = true;
  const { claims } = setUp(() => broken ? new Error("no answer") : v4a());
  await assert.rejects(claims.claim(claimOf("eth0"), options), /no answer/);
  broken = false;
  assert.equal((await claims.claim(claimOf("eth0"), options)).kind, "claimed");
});
