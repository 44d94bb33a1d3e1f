import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import type { KubeMethod } from "./contract.ts";
import { type Answer, drive, fakeTransport, jsonAnswer, OpenBody, settled, statusAnswer } from "./fake_transport.ts";
import { retrying } from "./retrying.ts";

const busy = (status: number, retryAfter: string): Answer => () =>
  statusAnswer(status, "Busy", { "retry-after": retryAfter });
const done: Answer = () => jsonAnswer(200, {});

interface Case {
  name: string;
  method?: KubeMethod;
  answers: Answer[];
  want: { status: number; requests: number; waitedMs: number };
}

const cases: Case[] = [
  { name: "a good answer is given at once", answers: [done], want: { status: 200, requests: 1, waitedMs: 0 } },
  {
    name: "429 is waited out, with half as much again by chance",
    answers: [busy(429, "2"), busy(429, "1"), done],
    want: { status: 200, requests: 3, waitedMs: 4500 },
  },
  {
    name: "also for a write",
    method: "PUT",
    answers: [busy(429, "2"), done],
    want: { status: 200, requests: 2, waitedMs: 3000 },
  },
  {
    name: "503 of a read is waited out",
    answers: [busy(503, "1"), done],
    want: { status: 200, requests: 2, waitedMs: 1500 },
  },
  {
    name: "503 of a write is the caller's: it may be done",
    method: "POST",
    answers: [busy(503, "1"), done],
    want: { status: 503, requests: 1, waitedMs: 0 },
  },
  {
    name: "without Retry-After the caller decides",
    answers: [() => statusAnswer(429, "TooManyRequests"), done],
    want: { status: 429, requests: 1, waitedMs: 0 },
  },
  {
    name: "a longer wait than allowed is not begun",
    answers: [busy(429, "11"), done],
    want: { status: 429, requests: 1, waitedMs: 0 },
  },
  {
    name: "all waits together stay within the limit",
    answers: [busy(429, "5")],
    want: { status: 429, requests: 2, waitedMs: 7500 },
  },
  { name: "409 is not waited for", answers: [busy(409, "1"), done], want: { status: 409, requests: 1, waitedMs: 0 } },
];
for (const { name, method = "GET", answers, want } of cases) {
  Deno.test(`retrying(): ${name}`, async () => {
    const clock = new FakeClock();
    const fake = fakeTransport(...answers);
    const transport = retrying(fake, { clock, random: () => 0.5 });
    const { status } = await drive(clock, transport.request({ method, path: "/x" }));
    assert.deepEqual({ status, requests: fake.requests.length, waitedMs: clock.now() }, want);
  });
}

Deno.test("retrying() ends even if the server always says 0", async () => {
  const clock = new FakeClock();
  const fake = fakeTransport(busy(429, "0"));
  const transport = retrying(fake, { clock, random: () => 0, maxWaitMs: 5 });
  const { status } = await drive(clock, transport.request({ method: "GET", path: "/x" }));
  assert.deepEqual([status, fake.requests.length], [429, 6]);
});

Deno.test("retrying() cancels the answers it does not give, and stops waiting when the request is aborted", async () => {
  const body = new OpenBody();
  const headers = new Headers({ "retry-after": "5" });
  const fake = fakeTransport(() => ({ status: 429, headers, body: body.stream }));
  const clock = new FakeClock();
  const controller = new AbortController();
  const transport = retrying(fake, { clock, random: () => 0 });
  const answer = transport.request({ method: "GET", path: "/x", signal: controller.signal });
  await settled();
  assert.notEqual(body.cancelled, undefined);
  controller.abort("enough");
  await assert.rejects(answer, (err) => err === "enough");
  assert.equal(clock.next(), undefined);
});
