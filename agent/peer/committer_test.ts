import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { PoolClaims, RequestOptions } from "../../crd/ipam/requests.ts";
import { claimOf } from "../../crd/ipam/writer_fixture.ts";
import { decodeClock, decodeCommitAnswer } from "./commit_answer.ts";
import { encodeCommitRequest, encodeOneRequest } from "./commit_request.ts";
import { PeerCommitter } from "./committer.ts";
import { CommitterClock } from "./committer_clock.ts";

/** A committer over claims that a test answers. */
function committerFixture(claims: Partial<PoolClaims> = {}, { isReady = true } = {}) {
  const clock = new FakeClock(1_000);
  const time = new CommitterClock({ clock, monotonic: () => clock.now(), newEpoch: () => "e" });
  const seen: RequestOptions[] = [];
  const answered: string[] = [];
  const unused = () => Promise.reject(new Error("not asked for"));
  const committer = new PeerCommitter({
    claims: {
      claim: (_request, options) => {
        seen.push(options);
        return Promise.resolve({ kind: "none" });
      },
      release: unused,
      quarantine: unused,
      ...claims,
    },
    time,
    clock,
    isReady: () => isReady,
    knows: (pool) => pool === "p",
    log: silentLog,
    observer: {
      answered: (operation, status) => void answered.push(`${operation} ${status}`),
      served: (kind, outcome) => void answered.push(`${kind} ${outcome}`),
    },
  });
  let messages = 0;
  const commit = (
    fields: { id?: string; pool?: string; epoch?: string; notAfterMs?: number; count?: number } = {},
  ) => {
    const { id = `m${++messages}`, pool = "p", epoch = "e", notAfterMs = 500, count = 1 } = fields;
    const requests = Array(count).fill(encodeOneRequest(claimOf("u")));
    const body = encodeCommitRequest({ id, pool, limit: { epoch, notAfterMs }, requests });
    return committer.handle({ operation: "commit", body }, new AbortController().signal);
  };
  return { clock, committer, commit, seen, answered };
}

Deno.test("PeerCommitter says its clock to whoever says hello", async () => {
  const { committer, clock } = committerFixture();
  clock.advance(250);
  const { status, body } = await committer.handle({ operation: "hello", body: "" }, new AbortController().signal);
  assert.deepEqual([status, decodeClock(body)], [200, { epoch: "e", nowMs: 250 }]);
});

Deno.test("PeerCommitter tells of each answer, refusals included", async () => {
  const { committer, commit, answered } = committerFixture();
  await committer.handle({ operation: "hello", body: "" }, new AbortController().signal);
  await commit();
  await commit({ pool: "unknown" });
  await commit({ epoch: "former" });
  assert.deepEqual(answered, ["hello 200", "claim done", "commit 200", "commit 422", "commit 421"]);
});

Deno.test("PeerCommitter gives each request the time that the message says, and no more", async () => {
  const { commit, clock, seen } = committerFixture();
  clock.advance(100);
  const { status, body } = await commit();
  assert.deepEqual([status, decodeCommitAnswer(body).outcomes], [200, [{ kind: "none" }]]);
  const [options] = seen;
  assert.equal(options?.deadlineMs, 1_500);
  assert.equal(options?.isOver?.(), false);
  clock.advance(400);
  assert.equal(options?.isOver?.(), true);
});

const refusals = [
  { name: "of another epoch", fields: { epoch: "before" }, want: 421 },
  { name: "that is over", fields: { notAfterMs: 0 }, want: 421 },
  { name: "for a pool it has not heard of", fields: { pool: "q" }, want: 422 },
];
for (const { name, fields, want } of refusals) {
  Deno.test(`PeerCommitter refuses a message ${name}, and says its clock`, async () => {
    const { commit, seen } = committerFixture();
    const { status, body } = await commit(fields);
    assert.deepEqual([status, decodeClock(body).epoch, seen.length], [want, "e", 0]);
  });
}

Deno.test("PeerCommitter refuses what is no message", async () => {
  const { committer } = committerFixture();
  for (const body of ["", "{", "[]", '{"epoch":"e","notAfterMs":500,"pool":"p","requests":[{}]}']) {
    const answer = await committer.handle({ operation: "commit", body }, new AbortController().signal);
    assert.equal(answer.status, 400, body);
  }
});

Deno.test("PeerCommitter refuses everything before it is ready and once it stops", async () => {
  assert.equal((await committerFixture({}, { isReady: false }).commit()).status, 503);
  const { committer, commit } = committerFixture();
  committer.stop();
  assert.equal((await commit()).status, 503);
});

Deno.test("PeerCommitter bounds how many requests wait", async () => {
  const { commit } = committerFixture({ claim: () => new Promise(() => {}) });
  for (let i = 0; i < 32; i++) void commit({ count: 256 });
  assert.equal((await commit()).status, 429);
});

Deno.test("PeerCommitter says which requests it gave up, and answers the others", async () => {
  let calls = 0;
  const { commit } = committerFixture({
    claim: () => ++calls === 1 ? Promise.reject(new Error("x".repeat(10_000))) : Promise.resolve({ kind: "stale" }),
  });
  const { outcomes } = decodeCommitAnswer((await commit({ count: 2 })).body);
  assert.deepEqual(outcomes, [{ kind: "failed", reason: "x".repeat(500), isLate: false }, { kind: "stale" }]);
});
