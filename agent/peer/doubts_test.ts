import assert from "node:assert/strict";
import { Doubts } from "./doubts.ts";

const key = { pool: "p", podUid: "u" };

Deno.test("Doubts.over() resolves at once where there is no doubt", async () => {
  const doubts = new Doubts();
  doubts.add([{ pool: "p", podUid: "v" }, { pool: "q", podUid: "u" }], new Promise(() => {}));
  await doubts.over(key, undefined);
});

Deno.test("Doubts.over() waits for all doubts about a Pod, also those that come meanwhile", async () => {
  const doubts = new Doubts();
  const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  doubts.add([key, key], ends[0]!.promise);
  let isOver = false;
  const over = doubts.over(key, undefined).then(() => isOver = true);
  doubts.add([key], ends[1]!.promise);
  ends[0]!.resolve();
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assert.deepEqual([isOver, doubts.size], [false, 1]);
  ends[1]!.resolve();
  await over;
  assert.equal(doubts.size, 0);
});

Deno.test("Doubts.over() ends with the caller's signal", async () => {
  const doubts = new Doubts();
  doubts.add([key], new Promise(() => {}));
  const caller = new AbortController();
  const over = doubts.over(key, caller.signal);
  caller.abort(new RangeError("gone"));
  await assert.rejects(over, RangeError);
});
