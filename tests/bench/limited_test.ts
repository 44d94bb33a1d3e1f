import assert from "node:assert/strict";
import { forEachLimited } from "./limited.ts";

Deno.test("forEachLimited() runs all, never more than the limit at a time", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachLimited([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    done.push(item);
  });
  assert.deepEqual({ most, done }, { most: 2, done: [1, 2, 3, 4, 5] });
});

Deno.test("forEachLimited() throws the first failure and starts no other", async () => {
  const started: number[] = [];
  const run = forEachLimited([1, 2, 3], 1, (item) => {
    started.push(item);
    return item === 2 ? Promise.reject(new Error("two")) : Promise.resolve();
  });
  await assert.rejects(run, /two/);
  assert.deepEqual(started, [1, 2]);
});

Deno.test("forEachLimited() of nothing ends", async () => {
  await forEachLimited([], 4, () => Promise.reject(new Error("called")));
});
