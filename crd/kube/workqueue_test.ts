import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { seededRandom } from "../../net/base/random.ts";
import { settled } from "./fake_transport.ts";
import { WorkQueue } from "./workqueue.ts";

function queueAt(clock = new FakeClock(), random = () => 1): WorkQueue {
  return new WorkQueue({ clock, random, backoffBaseMs: 100, backoffCapMs: 1000 });
}

const { signal } = new AbortController();

async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.size > 0) keys.push(await queue.take(signal));
  return keys;
}

Deno.test("WorkQueue gives keys in order, each once", async () => {
  const queue = queueAt();
  for (const key of ["b", "a", "b", "c", "a"]) queue.add(key);
  assert.deepEqual(await takeAll(queue), ["b", "a", "c"]);
});

Deno.test("WorkQueue gives a key again only after done(), and once", async () => {
  const queue = queueAt();
  queue.add("a");
  assert.equal(await queue.take(signal), "a");
  queue.add("a");
  queue.add("a");
  assert.deepEqual([queue.size, queue.processing], [0, 1]);
  queue.done("a");
  assert.deepEqual(await takeAll(queue), ["a"]);
  queue.done("a");
  assert.deepEqual([queue.size, queue.processing], [0, 0]);
});

Deno.test("WorkQueue wakes who waits, first come first served", async () => {
  const queue = queueAt();
  const first = queue.take(signal);
  const second = queue.take(signal);
  queue.add("a");
  queue.add("b");
  queue.add("c");
  assert.deepEqual([await first, await second, queue.size], ["a", "b", 1]);
});

Deno.test("WorkQueue.take() ends by its signal and loses no key", async () => {
  const queue = queueAt();
  const controller = new AbortController();
  const gone = queue.take(controller.signal);
  const stays = queue.take(signal);
  controller.abort("enough");
  await assert.rejects(gone, (err) => err === "enough");
  queue.add("a");
  assert.equal(await stays, "a");
  queue.add("b");
  await assert.rejects(queue.take(controller.signal), (err) => err === "enough");
  assert.equal(queue.size, 1);
});

const delays: { name: string; delaysMs: number[]; addedAt: number[] }[] = [
  { name: "one", delaysMs: [100], addedAt: [100] },
  { name: "the earliest of several", delaysMs: [300, 100, 200], addedAt: [100] },
  { name: "none", delaysMs: [0], addedAt: [0] },
];
for (const { name, delaysMs, addedAt } of delays) {
  Deno.test(`WorkQueue.addAfter() adds after its delay: ${name}`, async () => {
    const clock = new FakeClock();
    const queue = queueAt(clock);
    for (const delayMs of delaysMs) queue.addAfter("a", delayMs);
    const times: number[] = [];
    for (let ms = 0; ms <= 400; ms++) {
      await settled();
      if (queue.size > 0) {
        times.push(clock.now());
        queue.done(await queue.take(signal));
      }
      clock.advance(1);
    }
    assert.deepEqual(times, addedAt);
    assert.equal(queue.delayed, 0);
  });
}

Deno.test("WorkQueue.addRateLimited() waits longer after each failure, up to the cap, until forget()", async () => {
  const clock = new FakeClock();
  const queue = queueAt(clock);
  async function nextWait(): Promise<number> {
    const startedAt = clock.now();
    queue.addRateLimited("a");
    clock.advance((clock.next() ?? startedAt) - startedAt);
    await settled();
    queue.done(await queue.take(signal));
    return clock.now() - startedAt;
  }
  const waits = [await nextWait(), await nextWait(), await nextWait(), await nextWait(), await nextWait()];
  assert.deepEqual(waits, [100, 200, 400, 800, 1000]);
  assert.equal(queue.failures("a"), 5);
  queue.forget("a");
  assert.equal(await nextWait(), 100);
});

Deno.test("WorkQueue.addRateLimited() lets the clock move even for the smallest random number", () => {
  const clock = new FakeClock();
  queueAt(clock, () => 0).addRateLimited("a");
  assert.equal(clock.next(), 1);
});

Deno.test("WorkQueue.close() cancels timers for good", () => {
  const clock = new FakeClock();
  const queue = queueAt(clock);
  queue.addAfter("a", 10);
  queue.close();
  queue.addAfter("b", 10);
  assert.deepEqual([clock.next(), queue.delayed], [undefined, 0]);
});

Deno.test("WorkQueue: no key is worked twice at once and none is lost, in any order of calls", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const clock = new FakeClock();
    const queue = queueAt(clock, random);
    const working = new Set<string>();
    const wanted = new Set<string>(); // keys added and not taken since
    for (let step = 0; step < 500; step++) {
      const key = `k${Math.floor(random() * 8)}`;
      const choice = random();
      if (choice < 0.4) {
        queue.add(key);
        wanted.add(key);
      } else if (choice < 0.7 && queue.size > 0) {
        const taken = await queue.take(signal);
        assert.ok(!working.has(taken), `seed ${seed}: ${taken} twice at once`);
        working.add(taken);
        wanted.delete(taken);
      } else if (working.has(key)) {
        working.delete(key);
        queue.done(key);
      }
    }
    for (const key of working) queue.done(key);
    assert.deepEqual(new Set(await takeAll(queue)), wanted, `seed ${seed}`);
  }
});
