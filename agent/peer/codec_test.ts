import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/address.ts";
import type { ClaimRequest, ReleaseRequest } from "../../crd/ipam/requests.ts";
import { decodeClock, decodeCommitAnswer, encodeClock, encodeCommitAnswer, type PeerOutcome } from "./commit_answer.ts";
import { decodeCommitRequest, encodeCommitRequest, encodeOneRequest, MAX_REQUESTS } from "./commit_request.ts";
import { PeerFormatError } from "./wire.ts";

const limit = { epoch: "5f0c2d0e-2b7b-4a43-9a59-3d1f3c1b8a11", notAfterMs: 12_345 };
const identity = { pod: "ns1/web-0", podUid: "u1", nic: "eth0", node: "n1" };
const claim: ClaimRequest = { kind: "claim", pool: "p", generation: 3, poolUid: "pool-uid", identity };
const release: ReleaseRequest = { kind: "release", pool: "p", podUid: "u1" };

const requests: { name: string; request: ClaimRequest | ReleaseRequest }[] = [
  { name: "a claim", request: claim },
  {
    name: "a claim with everything",
    request: {
      ...claim,
      want: parseAddress("fd00::7"),
      otherNics: ["10.1.0.2", "fd00::1"],
      formerUid: "u0",
      ownOnly: true,
    },
  },
  { name: "a release", request: release },
  { name: "a release of some", request: { ...release, addresses: ["10.1.0.1"], keep: [] } },
];
for (const { name, request } of requests) {
  Deno.test(`decodeCommitRequest() reads ${name} as it was`, () => {
    const body = encodeCommitRequest({ id: "m1", pool: "p", limit, requests: [encodeOneRequest(request)] });
    assert.deepEqual(decodeCommitRequest(body), { id: "m1", pool: "p", limit, requests: [request] });
  });
}

const base = { id: "m1", epoch: "e", notAfterMs: 5, pool: "p" };
const wireClaim = { kind: "claim", generation: 3, poolUid: "x", pod: "ns/a", podUid: "u", nic: "eth0", node: "n" };
const malformed: { name: string; json: unknown }[] = [
  { name: "a list", json: [] },
  { name: "no name", json: { ...base, id: undefined, requests: [] } },
  { name: "a name of the message that nobody gives", json: { ...base, id: "m".repeat(65), requests: [] } },
  { name: "no epoch", json: { id: "m1", notAfterMs: 5, pool: "p", requests: [] } },
  { name: "a limit that is no number", json: { ...base, notAfterMs: "5", requests: [] } },
  { name: "a limit below 0", json: { ...base, notAfterMs: -1, requests: [] } },
  { name: "no requests", json: base },
  { name: "too many requests", json: { ...base, requests: Array(MAX_REQUESTS + 1).fill(wireClaim) } },
  { name: "a request that is none", json: { ...base, requests: [null] } },
  { name: "an unknown kind", json: { ...base, requests: [{ ...wireClaim, kind: "steal" }] } },
  { name: "a claim without a Pod", json: { ...base, requests: [{ ...wireClaim, podUid: undefined }] } },
  { name: "a wanted address that is none", json: { ...base, requests: [{ ...wireClaim, want: "10.1" }] } },
  { name: "addresses that are no texts", json: { ...base, requests: [{ kind: "release", podUid: "u", keep: [1] }] } },
  { name: "a name of megabytes", json: { ...base, requests: [{ ...wireClaim, pod: "x".repeat(5_000) }] } },
];
for (const { name, json } of malformed) {
  Deno.test(`decodeCommitRequest() refuses ${name}`, () => {
    assert.throws(() => decodeCommitRequest(JSON.stringify(json)), PeerFormatError);
  });
}

const outcomes: PeerOutcome[] = [
  { kind: "claimed", address: parseAddress("10.1.0.1"), existing: false },
  { kind: "claimed", address: parseAddress("fd00::1"), existing: true, hasLeftovers: true },
  { kind: "refused", reason: { code: "used-out", detail: "3 usable" } },
  { kind: "refused", reason: { code: "record-limit", limit: 5 } },
  { kind: "refused", reason: { code: "record-size", bytes: 2, limit: 1 } },
  { kind: "refused", reason: { code: "terminating", since: "2026-01-01T00:00:00Z" } },
  { kind: "refused", reason: { code: "disabled" } },
  { kind: "refused", reason: { code: "spec-unreadable", field: "spec.excludeIPs", detail: "no range" } },
  { kind: "refused", reason: { code: "failed", detail: "does not exist" }, hasLeftovers: true },
  { kind: "other-incarnation", podUid: "u0" },
  { kind: "none" },
  { kind: "stale" },
  { kind: "released", addresses: ["10.1.0.1"] },
  { kind: "failed", reason: "exhaust all retries", isLate: true },
];
Deno.test("decodeCommitAnswer() reads every outcome as it was", () => {
  const answer = { epoch: "e", nowMs: 7, outcomes };
  assert.deepEqual(decodeCommitAnswer(encodeCommitAnswer(answer)), answer);
});

Deno.test("decodeCommitAnswer() tells a reason of a later version", () => {
  const body = JSON.stringify({
    epoch: "e",
    nowMs: 1,
    outcomes: [{ kind: "refused", reason: { code: "moon-phase" } }],
  });
  const [outcome] = decodeCommitAnswer(body).outcomes;
  assert.deepEqual(outcome, { kind: "refused", reason: { code: "failed", detail: 'was refused with "moon-phase"' } });
});

Deno.test("decodeClock() reads a clock, and nothing else", () => {
  assert.deepEqual(decodeClock(encodeClock({ epoch: "e", nowMs: 1.5 })), { epoch: "e", nowMs: 1.5 });
  for (const body of ["", "null", "{}", '{"epoch":"e"}', '{"epoch":1,"nowMs":1}']) {
    assert.throws(() => decodeClock(body), PeerFormatError);
  }
});

Deno.test("a claim takes little on the wire", () => {
  const podUid = "8d3f5a3e-6c0f-4a52-9f51-0a1b2c3d4e5f";
  const usual = { ...claim, poolUid: podUid, identity: { ...identity, pod: "default/web-6d4b75cb6d-hx7zq", podUid } };
  assert.ok(encodeOneRequest(usual).length <= 240, `${encodeOneRequest(usual).length} bytes`);
});
