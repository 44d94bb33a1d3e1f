import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";

/** Starts a sleep that writes `name` and the time into `log` when it ends. */
async function note(log: string[], { clock, name, ms }: { clock: FakeClock; name: string; ms: number }): Promise<void> {
  await clock.sleep(ms);
  log.push(`${name}@${clock.now()}`);
}

Deno.test("FakeClock stands still until told to move", () => {
  const clock = new FakeClock(1000);
  assert.equal(clock.now(), 1000);
  assert.equal(clock.next(), undefined);
  clock.advance(5);
  assert.equal(clock.now(), 1005);
});

Deno.test("FakeClock.advance() wakes who is due, by time and then by call", async () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const sleeps = [["late", 30], ["b", 20], ["a", 10], ["b2", 20]] as const;
  const done = sleeps.map(([name, ms]) => note(log, { clock, name, ms }));
  assert.equal(clock.next(), 10);
  clock.advance(29);
  await Promise.all(done.slice(1));
  assert.deepEqual(log, ["a@29", "b@29", "b2@29"]);
  assert.equal(clock.next(), 30);
  clock.advance(1);
  await done[0];
  assert.deepEqual(log.at(-1), "late@30");
  assert.equal(clock.next(), undefined);
});

for (const ms of [0, -5, NaN]) {
  Deno.test(`FakeClock.sleep(${ms}) is due now and wakes at the next move`, async () => {
    const clock = new FakeClock(100);
    const done = clock.sleep(ms);
    assert.equal(clock.next(), 100);
    clock.advance(0);
    await done;
    assert.equal(clock.now(), 100);
  });
}

Deno.test("FakeClock.sleep() throws the reason when aborted, before or while it waits, and is forgotten", async () => {
  const clock = new FakeClock();
  const reason = new Error("gone");
  await assert.rejects(clock.sleep(10, AbortSignal.abort(reason)), (error) => error === reason);
  const controller = new AbortController();
  const sleep = clock.sleep(10, controller.signal);
  const other = clock.sleep(20, controller.signal);
  clock.advance(10);
  await sleep;
  controller.abort(reason);
  await assert.rejects(other, (error) => error === reason);
  assert.equal(clock.next(), undefined);
});

Deno.test("FakeClock.run() lets a loop turn each time it is due", async () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const controller = new AbortController();
  const loop = (async () => {
    for (;;) {
      await clock.sleep(10, controller.signal);
      await Promise.resolve(); // more turns of the promise queue before the next sleep
      log.push(`turn@${clock.now()}`);
    }
  })();
  await clock.run(35);
  assert.deepEqual(log, ["turn@10", "turn@20", "turn@30"]);
  assert.equal(clock.now(), 35);
  controller.abort(new Error("enough"));
  await assert.rejects(loop, /enough/);
});

Deno.test("FakeClock.run(0) wakes who is due now", async () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const done = note(log, { clock, name: "now", ms: 0 });
  await clock.run(0);
  assert.deepEqual(log, ["now@0"]);
  await done;
});

for (const ms of [-1, NaN, -Infinity]) {
  Deno.test(`FakeClock refuses to move by ${ms}`, async () => {
    const clock = new FakeClock(7);
    assert.throws(() => clock.advance(ms), { name: "RangeError", message: /time only goes forward/ });
    await assert.rejects(clock.run(ms), { name: "RangeError" });
    assert.equal(clock.now(), 7);
  });
}

Deno.test("FakeClock.run() refuses to run for ever", async () => {
  await assert.rejects(new FakeClock().run(Infinity), { name: "RangeError", message: /infinite/ });
});
