import assert from "node:assert/strict";
import { IpamError, refusedError } from "./errors.ts";
import { formatPoolReasons, formatReason, type PoolReason, type Reason } from "./reasons.ts";

function used(pool: string): PoolReason {
  return { pool, nic: "eth0", family: 4, reason: { code: "used-out", detail: "3 of 3" } };
}

Deno.test("refusedError() says for each pool that it is used out (row 40)", () => {
  const error = refusedError([{ nic: "eth0", family: 4, source: "pod-ippool", reasons: [used("v4a"), used("v4b")] }]);
  assert.equal(error.code, "ip-used-out");
  assert.equal(
    error.message,
    "Cannot allocate addresses: all IP addresses used out: " +
      'IPv4 of "eth0" from the Pod annotation "ipam.spidernet.io/ippool": ' +
      'IPPool "v4a": all IP addresses used out (3 of 3); IPPool "v4b": all IP addresses used out (3 of 3)',
  );
  assert.deepEqual(error.reasons.map(({ pool }) => pool), ["v4a", "v4b"]);
});

Deno.test("refusedError() is used-out when one fit pool is full among unfit ones", () => {
  const disabled: PoolReason = { ...used("v4b"), reason: { code: "disabled" } };
  const reasons = [disabled, used("v4a")];
  assert.equal(refusedError([{ nic: "eth0", family: 4, source: "cni-config", reasons }]).code, "ip-used-out");
  const unfit = refusedError([{ nic: "eth0", family: 4, source: "cni-config", reasons: [disabled] }]);
  assert.equal(unfit.code, "no-ippool-available");
});

Deno.test("IpamError keeps code, cause and action", () => {
  const cause = new Error("x");
  const error = new IpamError("retries-exhausted", "the caller has gone", { action: "Cannot release", cause });
  assert.equal(error.message, "Cannot release: exhaust all retries: the caller has gone");
  assert.equal(error.cause, cause);
  assert.equal(
    new IpamError("dead-pod", `Pod "a/b" is being deleted`).message,
    `Cannot allocate addresses: Pod "a/b" is being deleted`,
  );
});

for (
  const { reason, want } of [
    {
      reason: { code: "terminating", since: "2026-01-01T00:00:00Z" },
      want: "is being deleted since 2026-01-01T00:00:00Z",
    },
    { reason: { code: "family", want: 4, have: 6 }, want: "is an IPv6 pool, IPv4 is asked for" },
    {
      reason: { code: "namespace-name", namespace: "a", allowed: ["b"] },
      want: `spec.namespaceName allows "b", the Pod is in namespace "a"`,
    },
    {
      reason: { code: "namespace-affinity", namespace: "a", detail: "why" },
      want: `spec.namespaceAffinity does not match namespace "a": why`,
    },
    {
      reason: { code: "node-affinity", node: "n", detail: "why" },
      want: `spec.nodeAffinity does not match node "n": why`,
    },
    { reason: { code: "used-out" }, want: "all IP addresses used out" },
    {
      reason: { code: "record-limit", limit: 5000 },
      want: "all IP addresses used out (the limit of 5000 allocated addresses per IPPool is reached)",
    },
    {
      reason: { code: "record-size", bytes: 9, limit: 8 },
      want: "all IP addresses used out (its records would take 9 bytes, 8 fit)",
    },
    {
      reason: { code: "master-subnet", subnet: "10.0.0.0/8", addresses: [] },
      want: "spec.subnet 10.0.0.0/8 holds none of the master's addresses (it has none)",
    },
    { reason: { code: "failed", detail: "boom" }, want: "boom" },
  ] satisfies { reason: Reason; want: string }[]
) {
  Deno.test(`formatReason() says: ${reason.code}`, () => assert.equal(formatReason(reason), want));
}

Deno.test("IpamError.withFindings() is the same error with what was found out", () => {
  const cause = new Error("x");
  const error = new IpamError("wrong-input", "it is bad", { reasons: [used("v4a")], action: "Cannot release", cause });
  const findings = { sources: [], families: [], notes: [] };
  const found = error.withFindings(findings);
  assert.deepEqual([found.findings, error.findings], [findings, undefined]);
  const { code, message, reasons } = found;
  assert.deepEqual([code, message, reasons], [error.code, error.message, error.reasons]);
  assert.equal(found.cause, cause);
});

Deno.test("formatPoolReasons() lists 32 pools and counts the others", () => {
  const text = formatPoolReasons(Array.from({ length: 40 }, (_, i) => used(`p${i}`)));
  assert.ok(text.includes('IPPool "p31"') && !text.includes('IPPool "p32"') && text.endsWith("; and 8 more"), text);
});
