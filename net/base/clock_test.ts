import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("systemClock.now() is the time of day", () => {
  const before = Date.now();
  const now = systemClock.now();
  assert.ok(before <= now && now <= Date.now());
});

for (const ms of [0, -5, NaN, 1]) {
  Deno.test(`systemClock.sleep(${ms}) ends`, async () => {
    await systemClock.sleep(ms);
  });
}

Deno.test("systemClock.sleep() is over after its time, and lets go of its signal", async () => {
  const controller = new AbortController();
  const start = performance.now();
  await systemClock.sleep(15, controller.signal);
  assert.ok(performance.now() - start >= 14, "woke too early");
  controller.abort(); // must not disturb a sleep that has ended
});

Deno.test("systemClock.sleep() throws the reason at once if already aborted", async () => {
  const reason = new Error("gone");
  await assert.rejects(systemClock.sleep(60_000, AbortSignal.abort(reason)), (error) => error === reason);
});

Deno.test({
  name: "systemClock.sleep() throws the reason when aborted, and leaves no timer",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const controller = new AbortController();
    const reason = new Error("gone");
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(sleep, (error) => error === reason);
  },
});

for (const ms of [2 ** 31, Infinity]) {
  Deno.test(`systemClock.sleep(${ms}) outlasts the longest timer and can be aborted`, async () => {
    const controller = new AbortController();
    const reason = new Error("gone");
    const sleep = systemClock.sleep(ms, controller.signal);
    const outcome = await Promise.race([sleep.then(() => "woke"), systemClock.sleep(20).then(() => "sleeps")]);
    controller.abort(reason);
    assert.equal(outcome, "sleeps");
    await assert.rejects(sleep, (error) => error === reason);
  });
}

Deno.test("systemClock.sleep() splits a long sleep into timers that add up", async () => {
  const real = globalThis.setTimeout;
  const delays: unknown[] = [];
  try {
    globalThis.setTimeout = ((wake: () => void, ms: number) => {
      delays.push(ms);
      return real(wake, 0);
    }) as typeof setTimeout;
    await systemClock.sleep(2 ** 31 + 9);
  } finally {
    globalThis.setTimeout = real;
  }
  assert.deepEqual(delays, [2 ** 31 - 1, 10]);
});
