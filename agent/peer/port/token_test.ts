import assert from "node:assert/strict";
import { FakeClock } from "../../../net/base/fake_clock.ts";
import { silentLog } from "../../../net/base/log.ts";
import { drive, fakeTransport, jsonAnswer, statusAnswer } from "../../../crd/kube/fake_transport.ts";
import { AUDIENCE, Authenticator } from "./authenticator.ts";
import { tokenClaimsOf } from "./token_claims.ts";
import { type ReviewVerdict, tokenReviewer } from "./token_reviews.ts";

const AGENTS = "system:serviceaccount:spiderpool:spiderpool-agent";
const NOW_MS = Date.UTC(2026, 0, 1);

/** An unsigned token. */
function tokenOf(payload: unknown): string {
  return `e30.${btoa(JSON.stringify(payload)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}.c2ln`;
}

const good = { sub: AGENTS, aud: [AUDIENCE], exp: NOW_MS / 1000 + 3_600 };
const agent: ReviewVerdict = { kind: "authenticated", username: AGENTS, audiences: [AUDIENCE] };

function authenticatorFixture(verdict: () => ReviewVerdict | Promise<ReviewVerdict> = () => agent) {
  const clock = new FakeClock(NOW_MS);
  const asked: string[] = [];
  const authenticator = new Authenticator({
    review: async (token) => {
      asked.push(token);
      await Promise.resolve();
      return await verdict();
    },
    username: () => AGENTS,
    clock,
    monotonic: () => clock.now(),
    log: silentLog,
  });
  return { clock, asked, authenticator, ask: (token: string) => authenticator.authenticate(`Bearer ${token}`) };
}

const strangers = [
  { name: "nobody", header: undefined, want: 401 },
  { name: "another scheme", header: "Basic abc", want: 401 },
  { name: "no token at all", header: "Bearer abc", want: 401 },
  { name: "a token of 9000 characters", header: `Bearer ${"a".repeat(4_000)}.${"b".repeat(4_000)}.cccc`, want: 401 },
  { name: "no JSON inside", header: "Bearer a.YWFh.c", want: 401 },
  { name: "no UTF-8 inside", header: "Bearer a._w.c", want: 401 },
  { name: "another audience", header: `Bearer ${tokenOf({ ...good, aud: ["https://kubernetes"] })}`, want: 401 },
  { name: "an expired token", header: `Bearer ${tokenOf({ ...good, exp: NOW_MS / 1000 - 61 })}`, want: 401 },
  { name: "a token that never ends", header: `Bearer ${tokenOf({ ...good, exp: undefined })}`, want: 401 },
  {
    name: "another ServiceAccount",
    header: `Bearer ${tokenOf({ ...good, sub: "system:serviceaccount:spiderpool:spiderpool-agent2" })}`,
    want: 403,
  },
  {
    name: "the ServiceAccount of another namespace",
    header: `Bearer ${tokenOf({ ...good, sub: "system:serviceaccount:default:spiderpool-agent" })}`,
    want: 403,
  },
];
for (const { name, header, want } of strangers) {
  Deno.test(`Authenticator refuses ${name} without asking the API server`, async () => {
    const { authenticator, asked } = authenticatorFixture();
    assert.equal(await authenticator.authenticate(header), want);
    assert.equal(authenticator.isKnown(header), false);
    assert.deepEqual(asked, []);
  });
}

Deno.test("Authenticator knows an agent for five minutes, and asks again in between while it comes", async () => {
  const { authenticator, ask, asked, clock } = authenticatorFixture();
  const token = tokenOf(good);
  assert.equal(authenticator.isKnown(`Bearer ${token}`), false);
  assert.equal(await ask(token), 200);
  assert.equal(authenticator.isKnown(`Bearer ${token}`), true);
  assert.equal(await ask(token), 200);
  assert.equal(asked.length, 1);
  for (let minutes = 0; minutes < 20; minutes++) {
    clock.advance(60_000);
    assert.equal(authenticator.isKnown(`Bearer ${token}`), true);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(asked.length >= 5 && asked.length <= 9, `${asked.length} reviews in 20 minutes`);
  clock.advance(300_000);
  assert.equal(authenticator.isKnown(`Bearer ${token}`), false);
});

Deno.test("Authenticator forgets an agent with the end of its token", async () => {
  const { authenticator, ask, clock } = authenticatorFixture();
  const token = tokenOf({ ...good, exp: NOW_MS / 1000 + 30 });
  await ask(token);
  clock.advance(89_000);
  assert.equal(authenticator.isKnown(`Bearer ${token}`), true);
  clock.advance(1_000);
  assert.equal(authenticator.isKnown(`Bearer ${token}`), false);
  assert.equal(await ask(token), 401);
});

Deno.test("Authenticator asks once about a token that many show at once", async () => {
  const { ask, asked } = authenticatorFixture();
  const got = await Promise.all(Array.from({ length: 50 }, () => ask(tokenOf(good))));
  assert.deepEqual([new Set(got), asked.length], [new Set([200]), 1]);
});

const verdicts: { name: string; verdict: ReviewVerdict; want: number }[] = [
  { name: "that nobody issued", verdict: { kind: "refused" }, want: 401 },
  { name: "of somebody else, by the API server's word", verdict: { ...agent, username: "eve" }, want: 403 },
  { name: "for another audience, by the API server's word", verdict: { ...agent, audiences: ["api"] }, want: 403 },
];
for (const { name, verdict, want } of verdicts) {
  Deno.test(`Authenticator remembers for a minute that it refused a token ${name}`, async () => {
    const { ask, asked, clock, authenticator } = authenticatorFixture(() => verdict);
    const token = tokenOf(good);
    assert.equal(await ask(token), want);
    assert.equal(authenticator.isKnown(`Bearer ${token}`), false);
    clock.advance(59_999);
    assert.equal(await ask(token), 401);
    assert.equal(asked.length, 1);
    clock.advance(1);
    await ask(token);
    assert.equal(asked.length, 2);
  });
}

Deno.test("Authenticator lets who makes up tokens ask the API server little", async () => {
  const { ask, asked, clock } = authenticatorFixture(() => ({ kind: "refused" }));
  const made = (i: number) => tokenOf({ ...good, jti: i });
  const got = await Promise.all(Array.from({ length: 1_000 }, (_, i) => ask(made(i))));
  assert.equal(asked.length, 256);
  assert.equal(got.filter((status) => status === 429).length, 1_000 - 256);
  clock.advance(1_000);
  await Promise.all(Array.from({ length: 100 }, (_, i) => ask(made(2_000 + i))));
  assert.equal(asked.length, 276);
});

Deno.test("Authenticator answers 503 while the API server cannot be asked, and remembers nothing of it", async () => {
  let isDown = true;
  const { ask } = authenticatorFixture(() => isDown ? Promise.reject(new Error("down")) : agent);
  assert.equal(await ask(tokenOf(good)), 503);
  isDown = false;
  assert.equal(await ask(tokenOf(good)), 200);
});

Deno.test("Authenticator drops an agent that the API server does not know any more", async () => {
  let verdict: ReviewVerdict = agent;
  const { authenticator, ask, clock } = authenticatorFixture(() => verdict);
  const header = `Bearer ${tokenOf(good)}`;
  await ask(tokenOf(good));
  verdict = { kind: "refused" };
  clock.advance(200_000);
  assert.equal(authenticator.isKnown(header), true, "asked again meanwhile");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(authenticator.isKnown(header), false);
});

const claims = [
  { name: "one audience as a text", payload: { ...good, aud: "a" }, want: { subject: AGENTS, audiences: ["a"] } },
  {
    name: "several audiences",
    payload: { ...good, aud: ["a", 5, "b"] },
    want: { subject: AGENTS, audiences: ["a", "b"] },
  },
  { name: "none", payload: { ...good, aud: undefined }, want: { subject: AGENTS, audiences: [] } },
];
for (const { name, payload, want } of claims) {
  Deno.test(`tokenClaimsOf() reads ${name}`, () => {
    assert.deepEqual(tokenClaimsOf(tokenOf(payload)), { ...want, expiresMs: good.exp * 1000 });
  });
}
for (const payload of [null, [], 5, {}, { ...good, sub: 5 }, { ...good, exp: "soon" }]) {
  Deno.test(`tokenClaimsOf() finds nothing in ${JSON.stringify(payload)}`, () => {
    assert.equal(tokenClaimsOf(tokenOf(payload)), undefined);
  });
}

const reviews = [
  {
    status: { authenticated: true, user: { username: "u" }, audiences: ["a"] },
    want: { kind: "authenticated", username: "u", audiences: ["a"] },
  },
  {
    status: { authenticated: true, user: { username: "u" } },
    want: { kind: "authenticated", username: "u", audiences: [] },
  },
  { status: { user: {}, error: "invalid bearer token" }, want: { kind: "refused" } },
  { status: { authenticated: true }, want: { kind: "refused" } },
  { status: undefined, want: { kind: "refused" } },
];
for (const { status, want } of reviews) {
  Deno.test(`tokenReviewer() reads ${JSON.stringify(status)}`, async () => {
    const transport = fakeTransport(() => jsonAnswer(201, { metadata: {}, status }));
    const review = tokenReviewer(transport, { clock: new FakeClock() });
    assert.deepEqual(await review("tok", "aud"), want);
    assert.deepEqual(JSON.parse(transport.requests[0]?.body ?? "").spec, { token: "tok", audiences: ["aud"] });
  });
}

Deno.test("tokenReviewer() throws when the API server refuses to tell, or is silent", async () => {
  const clock = new FakeClock();
  const refusing = tokenReviewer(fakeTransport(() => statusAnswer(403, "Forbidden")), { clock });
  await assert.rejects(refusing("t", "a"), { name: "KubeApiError" });
  const silent = tokenReviewer(fakeTransport(() => new Promise(() => {})), { clock });
  await assert.rejects(drive(clock, silent("t", "a")), { name: "KubeTimeoutError" });
});
