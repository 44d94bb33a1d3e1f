import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { decodeCommitAnswer, encodeCommitAnswer } from "./commit_answer.ts";
import { type CommitRequest, decodeCommitRequest, encodeCommitRequest, encodeOneRequest } from "./commit_request.ts";
import { PeerFormatError } from "./wire.ts";

const claim = {
  kind: "claim",
  generation: 1,
  poolUid: "u",
  pod: "ns1/p",
  podUid: "U1",
  nic: "eth0",
  node: "n1",
  want: "10.1.0.10",
  otherNics: ["10.1.0.11"],
  formerUid: "U0",
};
const release = { kind: "release", podUid: "U1", addresses: ["10.1.0.10"], keep: [] };
const request = {
  id: "m1",
  pool: "v4a",
  epoch: "e",
  notAfterMs: 5,
  requests: [claim, release, { ...claim, ownOnly: true }],
};
const answer = {
  epoch: "e",
  nowMs: 7,
  outcomes: [
    { kind: "claimed", address: "fd00::1", existing: true, hasLeftovers: true },
    { kind: "refused", reason: { code: "used-out", detail: "3 usable" } },
    { kind: "refused", reason: { code: "record-limit", limit: 5 } },
    { kind: "refused", reason: { code: "record-of-other", address: "10.1.0.11", holder: "ns1/other" } },
    { kind: "released", addresses: ["10.1.0.10"] },
    { kind: "failed", reason: "late", isLate: true },
    { kind: "stale" },
  ],
};

Deno.test("fuzz: a peer's request is read, or refused with a PeerFormatError; what is read is written the same", async () => {
  await fuzz((random) => mutatedJsonText(random, [request]), (text) => {
    const read = returnsOrThrows(() => decodeCommitRequest(text), [PeerFormatError]);
    if (read === undefined) return;
    const again = written(read);
    assert.equal(written(decodeCommitRequest(again)), again);
  });
});

Deno.test("fuzz: a peer's answer is read, or refused with a PeerFormatError; what is read is written the same", async () => {
  await fuzz((random) => mutatedJsonText(random, [answer]), (text) => {
    const read = returnsOrThrows(() => decodeCommitAnswer(text), [PeerFormatError]);
    if (read !== undefined) assert.deepEqual(decodeCommitAnswer(encodeCommitAnswer(read)), read);
  });
});

function written(read: CommitRequest): string {
  return encodeCommitRequest({ ...read, requests: read.requests.map(encodeOneRequest) });
}
