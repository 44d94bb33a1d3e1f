import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { whenAutoPoolIsThere } from "./auto_pool_wait.ts";
import { FreeSignal } from "./free_signal.ts";

const missing = new IpamError("auto-pool-missing", "not there");

/** Waits with attempts that fail until `isThere`; what became of it is told at the end. */
function setUp({ waitMs = 10_000, deadlineMs = 30_000, err = missing }: {
  waitMs?: number;
  deadlineMs?: number;
  err?: Error;
} = {}) {
  const clock = new FakeClock(0);
  const freed = new FreeSignal({ clock, random: () => 0.5 });
  const stop = new AbortController();
  const state = { attempts: 0, isThere: false, ended: "", waits: 0 };
  const attempt = () => {
    state.attempts++;
    return state.isThere ? Promise.resolve("there") : Promise.reject(err);
  };
  const done = whenAutoPoolIsThere(attempt, {
    clock,
    freed,
    waitMs,
    deadlineMs,
    signal: stop.signal,
    onWait: () => void state.waits++,
  });
  done.then((text) => void (state.ended = text), (err) => void (state.ended = err.message));
  return { clock, freed, stop, state };
}

Deno.test("whenAutoPoolIsThere() looks again when a pool changes, and not before", async () => {
  const { clock, freed, state } = setUp();
  await clock.run(5_000);
  assert.deepEqual([state.attempts, state.ended], [1, ""]);
  state.isThere = true;
  freed.notify("any");
  await clock.run(250);
  assert.deepEqual([state.attempts, state.ended], [2, "there"]);
});

Deno.test("whenAutoPoolIsThere() tells once that it waits, and not when nothing is waited for", async () => {
  const { clock, freed, state } = setUp();
  for (let i = 0; i < 3; i++) {
    freed.notify("any");
    await clock.run(500);
  }
  assert.deepEqual([state.attempts > 1, state.waits], [true, 1]);
  const impatient = setUp({ waitMs: 0 });
  await impatient.clock.run(1);
  assert.deepEqual([impatient.state.ended, impatient.state.waits], [missing.message, 0]);
});

Deno.test("whenAutoPoolIsThere() gathers many changes into one look", async () => {
  const { clock, freed, state } = setUp();
  await clock.run(1_000);
  for (let i = 0; i < 100; i++) freed.notify(`p${i}`);
  await clock.run(1);
  for (let i = 0; i < 100; i++) freed.notify(`p${i}`);
  await clock.run(1_000);
  assert.equal(state.attempts, 2);
});

for (
  const { name, options, atMs } of [
    { name: "after its time", options: { waitMs: 10_000 }, atMs: 10_000 },
    { name: "a second before the deadline", options: { waitMs: 50_000 }, atMs: 29_000 },
    { name: "at once when it is not to wait", options: { waitMs: 0 }, atMs: 0 },
  ]
) {
  Deno.test(`whenAutoPoolIsThere() gives up ${name}`, async () => {
    const { clock, freed, state } = setUp(options);
    if (atMs > 0) {
      await clock.run(atMs - 1);
      assert.equal(state.ended, "");
      freed.notify("other"); // a change in the last moment is looked at as well
    }
    await clock.run(1);
    assert.deepEqual([state.ended, state.attempts], [missing.message, atMs > 0 ? 2 : 1]);
  });
}

Deno.test("whenAutoPoolIsThere() does not wait for any other error", async () => {
  const { clock, state } = setUp({ err: new IpamError("auto-pool-unusable", "never") });
  await clock.run(0);
  assert.equal(state.ended, "Cannot allocate addresses: never");
});

Deno.test("whenAutoPoolIsThere() ends with its signal", async () => {
  const { clock, stop, state } = setUp();
  await clock.run(1_000);
  stop.abort(new Error("the caller has gone"));
  await clock.run(0);
  assert.equal(state.ended, "the caller has gone");
});
