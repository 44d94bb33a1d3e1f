import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { settled } from "./fake_transport.ts";
import { type Reconcile, runWorkers, TerminalError } from "./workers.ts";
import { WorkQueue } from "./workqueue.ts";

function setUp(reconcile: Reconcile, concurrency = 1) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 1, backoffBaseMs: 100 });
  const controller = new AbortController();
  const ended = runWorkers(queue, reconcile, { concurrency, log: silentLog, signal: controller.signal });
  return { clock, queue, controller, ended };
}

const outcomes: {
  name: string;
  outcome: () => Promise<{ requeueAfterMs?: number }>;
  runsAt: number[];
  failures: number;
}[] = [
  { name: "done", outcome: () => Promise.resolve({}), runsAt: [0], failures: 0 },
  {
    name: "again later",
    outcome: () => Promise.resolve({ requeueAfterMs: 400 }),
    runsAt: [0, 400, 800],
    failures: 0,
  },
  { name: "failed", outcome: () => Promise.reject(new Error("no")), runsAt: [0, 100, 300, 700], failures: 4 },
  { name: "failed for good", outcome: () => Promise.reject(new TerminalError("no")), runsAt: [0], failures: 0 },
];
for (const { name, outcome, runsAt, failures } of outcomes) {
  Deno.test(`runWorkers() after a reconcile that is ${name}`, async () => {
    const times: number[] = [];
    const { clock, queue, controller, ended } = setUp(async () => {
      times.push(clock.now());
      return await outcome();
    });
    queue.add("a");
    for (let ms = 0; ms < 1000; ms += 100) {
      await settled();
      clock.advance(100);
    }
    controller.abort();
    await ended;
    assert.deepEqual(times, runsAt);
    assert.equal(queue.failures("a"), failures);
  });
}

Deno.test("runWorkers() ends a row of failures with a failure for good", async () => {
  const errors = [new Error("no"), new TerminalError("never")];
  const { clock, queue, controller, ended } = setUp(() => Promise.reject(errors.shift()));
  queue.add("a");
  await settled();
  assert.equal(queue.failures("a"), 1);
  clock.advance(100);
  await settled();
  assert.deepEqual([errors.length, queue.failures("a"), queue.delayed], [0, 0, 0]);
  controller.abort();
  await ended;
});

Deno.test("runWorkers() works on as many keys at once as told, and on one key once", async () => {
  const running: string[] = [];
  let most = 0;
  const gates: (() => void)[] = [];
  const { queue, controller, ended } = setUp(async (key) => {
    assert.ok(!running.includes(key));
    running.push(key);
    most = Math.max(most, running.length);
    await new Promise<void>((resolve) => gates.push(resolve));
    running.splice(running.indexOf(key), 1);
    return {};
  }, 3);
  for (const key of ["a", "b", "c", "d"]) queue.add(key);
  await settled();
  queue.add("a");
  assert.deepEqual(running, ["a", "b", "c"]);
  while (gates.length > 0) {
    gates.shift()?.();
    await settled();
  }
  assert.deepEqual([most, queue.size, queue.processing], [3, 0, 0]);
  controller.abort();
  await ended;
});

Deno.test("runWorkers() ends when the last running reconcile has, and keeps its key when it gave up", async () => {
  const { queue, controller, ended } = setUp(async (_key, signal) => {
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return {};
  });
  queue.add("a");
  await settled();
  controller.abort("enough");
  await ended;
  assert.deepEqual([queue.size, queue.processing, queue.failures("a")], [1, 0, 0]);
});

for (const concurrency of [0, -1, 1.5, NaN]) {
  Deno.test(`runWorkers() refuses a concurrency of ${concurrency}`, async () => {
    await assert.rejects(setUp(() => Promise.resolve({}), concurrency).ended, RangeError);
  });
}
