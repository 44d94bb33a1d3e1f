import assert from "node:assert/strict";
import { inParallel } from "./in_parallel.ts";

Deno.test("inParallel() runs each item once, never more than the limit at a time", async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await inParallel([1, 2, 3, 4, 5], {
    limit: 2,
    async run(item) {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      done.push(item);
    },
  });
  assert.deepEqual([done.toSorted(), most], [[1, 2, 3, 4, 5], 2]);
});

Deno.test("inParallel() starts nothing after a failure, and throws it when the others have ended", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const slow = Promise.withResolvers<void>();
  const running = inParallel([1, 2, 3], {
    limit: 2,
    async run(item) {
      started.push(item);
      if (item === 1) throw new Error("one");
      await slow.promise;
      ended.push(item);
    },
  });
  slow.resolve();
  await assert.rejects(running, /one/);
  assert.deepEqual([started, ended], [[1, 2], [2]]);
});

Deno.test("inParallel() of nothing ends", async () => {
  await inParallel([], { limit: 3, run: () => Promise.reject(new Error("called")) });
});
