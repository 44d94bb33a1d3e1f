import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import { ApiServerNotReadyError, waitForApiServer } from "./api_server.ts";

/** What a server does with a question: a status, a connection that breaks, or silence. */
type Answer = number | "refused" | "silent";

/** A server that answers as told, then always as the last time; notes when it was asked. */
class ScriptedServer implements KubeTransport {
  readonly askedMs: number[] = [];
  readonly #clock: FakeClock;
  readonly #answers: readonly Answer[];

  constructor(clock: FakeClock, answers: readonly Answer[]) {
    this.#clock = clock;
    this.#answers = answers;
  }

  request({ path, signal }: KubeRequest): Promise<KubeResponse> {
    assert.equal(path, "/readyz");
    const answer = this.#answers[Math.min(this.askedMs.length, this.#answers.length - 1)];
    this.askedMs.push(this.#clock.now());
    if (answer === "refused") return Promise.reject(new KubeConnectionError("GET /readyz", { cause: new Error("no") }));
    if (answer !== "silent") return Promise.resolve({ status: answer ?? 200, headers: new Headers(), body: null });
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
  }
}

const cases: readonly { name: string; answers: readonly Answer[]; askedMs: readonly number[]; err?: RegExp }[] = [
  { name: "ready at once", answers: [200], askedMs: [0] },
  { name: "it forbids the question", answers: [403], askedMs: [0] },
  { name: "not ready, then ready", answers: [500, 503, 200], askedMs: [0, 2_000, 4_000] },
  { name: "refused, then ready", answers: ["refused", 200], askedMs: [0, 2_000] },
  { name: "silent, then ready", answers: ["silent", 200], askedMs: [0, 4_000] },
  {
    name: "never ready",
    answers: [503],
    askedMs: Array.from({ length: 15 }, (_, i) => i * 2_000),
    err: /within 30 s, last: GET \/readyz answered 503; /,
  },
  {
    name: "never there",
    answers: ["refused"],
    askedMs: Array.from({ length: 15 }, (_, i) => i * 2_000),
    err: /within 30 s, last: .*GET \/readyz/,
  },
  {
    name: "always silent",
    answers: ["silent"],
    askedMs: Array.from({ length: 8 }, (_, i) => i * 4_000),
    err: /within 30 s, last: .*GET \/readyz/,
  },
  { name: "credentials that it does not know", answers: [401], askedMs: [0], err: /answered 401/ },
];

for (const { name, answers, askedMs, err } of cases) {
  Deno.test(`agent 5: the API server is waited for, at most 30 s: ${name}`, async () => {
    const clock = new FakeClock();
    const server = new ScriptedServer(clock, answers);
    const waiting = waitForApiServer(server, { clock, log: silentLog, signal: new AbortController().signal });
    waiting.catch(() => undefined);
    await clock.run(31_000);
    if (err === undefined) await waiting;
    else {await assert.rejects(waiting, (thrown) =>
        thrown instanceof ApiServerNotReadyError && err.test(thrown.message));}
    assert.deepEqual(server.askedMs.slice(0, askedMs.length), askedMs);
    if (askedMs.length > 1) assert.equal(server.askedMs.length, askedMs.length);
    assert.equal(clock.next(), undefined, "nobody sleeps any more");
  });
}

Deno.test("agent 5: the API server is not waited for once the agent is told to stop", async () => {
  for (const answer of [503, "silent"] as const) {
    const clock = new FakeClock();
    const stop = new AbortController();
    const server = new ScriptedServer(clock, [answer]);
    const waiting = waitForApiServer(server, { clock, log: silentLog, signal: stop.signal });
    waiting.catch(() => undefined);
    await clock.run(1_000);
    const reason = new Error("told to stop");
    stop.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(clock.next(), undefined);
  }
});
