import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { patientAfterOutage } from "./after_outage.ts";
import type { KubeMethod } from "./contract.ts";
import { KubeConnectionError, KubeTimeoutError } from "./errors.ts";
import { type Answer, drive, fakeTransport, jsonAnswer, OpenBody, settled, statusAnswer } from "./fake_transport.ts";

const done: Answer = () => jsonAnswer(200, {});
const forbidden: Answer = () => statusAnswer(403, "Forbidden");
const refused: Answer = () => Promise.reject(new KubeConnectionError("GET /x"));
const silent: Answer = () => Promise.reject(new KubeTimeoutError("GET /x", 15_000));
const cancelled: Answer = () => Promise.reject(new Error("the caller has left"));

interface Case {
  readonly name: string;
  /** What became of an earlier request. */
  readonly before: Answer;
  /** Milliseconds from then to the request. @default 0 */
  readonly laterMs?: number;
  readonly method?: KubeMethod;
  readonly answers: readonly Answer[];
  readonly want: { readonly status: number; readonly requests: number };
}

const cases: readonly Case[] = [
  {
    name: "a server that refused connections a moment ago",
    before: refused,
    answers: [forbidden, forbidden, done],
    want: { status: 200, requests: 3 },
  },
  {
    name: "a server that was silent a moment ago",
    before: silent,
    answers: [forbidden, done],
    want: { status: 200, requests: 2 },
  },
  {
    name: "such a server to a write: what is forbidden was not done",
    before: refused,
    method: "PUT",
    answers: [forbidden, done],
    want: { status: 200, requests: 2 },
  },
  {
    name: "a server that answered all the time: it is believed",
    before: done,
    answers: [forbidden],
    want: { status: 403, requests: 1 },
  },
  {
    name: "one whose outage is long over: it is believed",
    before: refused,
    laterMs: 10_000,
    answers: [forbidden],
    want: { status: 403, requests: 1 },
  },
  {
    name: "one after a request that its caller cancelled: it is believed",
    before: cancelled,
    answers: [forbidden],
    want: { status: 403, requests: 1 },
  },
  {
    name: "none, but a 404 after an outage: it is believed",
    before: refused,
    answers: [() => statusAnswer(404, "NotFound")],
    want: { status: 404, requests: 1 },
  },
];

for (const { name, before, laterMs = 0, method = "GET", answers, want } of cases) {
  Deno.test(`patientAfterOutage() and a 403 of ${name}`, async () => {
    const clock = new FakeClock();
    const fake = fakeTransport(before, ...answers);
    const transport = patientAfterOutage(fake, { clock, random: () => 0.5 });
    await transport.request({ method: "GET", path: "/x" }).catch(() => undefined);
    await clock.advance(laterMs);
    const { status } = await drive(clock, transport.request({ method, path: "/x" }));
    assert.deepEqual({ status, requests: fake.requests.length - 1 }, want);
  });
}

Deno.test("patientAfterOutage() believes a server that still forbids it ten seconds later", async () => {
  const clock = new FakeClock();
  const transport = patientAfterOutage(fakeTransport(refused, forbidden), { clock, random: () => 0.5 });
  await assert.rejects(transport.request({ method: "GET", path: "/x" }), KubeConnectionError);
  const { status } = await drive(clock, transport.request({ method: "GET", path: "/x" }));
  assert.equal(status, 403);
  assert.ok(clock.now() >= 10_000 && clock.now() < 11_100, `${clock.now()} ms`);
});

Deno.test("patientAfterOutage() does not doubt for longer because a caller's time is up between answers", async () => {
  const clock = new FakeClock();
  const fake = fakeTransport(refused, forbidden, silent, forbidden);
  const transport = patientAfterOutage(fake, { clock, random: () => 0.5 });
  await assert.rejects(transport.request({ method: "GET", path: "/x" }), KubeConnectionError);
  const impatient = drive(clock, transport.request({ method: "GET", path: "/x" }));
  await assert.rejects(impatient, KubeTimeoutError);
  await clock.advance(10_000 - clock.now());
  const { status } = await drive(clock, transport.request({ method: "GET", path: "/x" }));
  assert.deepEqual([status, clock.now(), fake.requests.length], [403, 10_000, 4]);
});

Deno.test("patientAfterOutage() cancels answers that it does not give, and stops when the request is aborted", async () => {
  const clock = new FakeClock();
  const body = new OpenBody();
  const answer: Answer = () => ({ status: 403, headers: new Headers(), body: body.stream });
  const transport = patientAfterOutage(fakeTransport(refused, answer), { clock, random: () => 0 });
  await assert.rejects(transport.request({ method: "GET", path: "/x" }), KubeConnectionError);
  const controller = new AbortController();
  const asked = transport.request({ method: "GET", path: "/x", signal: controller.signal });
  await settled();
  assert.notEqual(body.cancelled, undefined);
  controller.abort("enough");
  await assert.rejects(asked, (err) => err === "enough");
  assert.equal(clock.next(), undefined);
});
