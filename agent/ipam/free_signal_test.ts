import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { FreeSignal } from "./free_signal.ts";

function waiting(freed: FreeSignal, pools: readonly string[]) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const changed = freed.wait(freed.mark(pools), { clock, ms: 1000, signal: stop.signal });
  return { clock, stop, changed };
}

Deno.test("FreeSignal.wait() ends when a marked pool changes", async () => {
  const freed = new FreeSignal();
  const { changed, clock } = waiting(freed, ["v4a", "v4b"]);
  freed.notify("v4b");
  assert.equal(await changed, true);
  assert.equal(clock.next(), undefined, "the timer is gone");
});

Deno.test("FreeSignal.wait() does not heed other pools and ends when the time is over", async () => {
  const freed = new FreeSignal();
  const { changed, clock } = waiting(freed, ["v4a"]);
  freed.notify("v4b");
  clock.advance(999);
  assert.equal(clock.next(), 1000);
  clock.advance(1);
  assert.equal(await changed, false);
});

Deno.test("FreeSignal.wait() sees a change between mark and wait", async () => {
  const freed = new FreeSignal();
  const clock = new FakeClock();
  const mark = freed.mark(["v4a"]);
  freed.notify("v4a");
  assert.equal(await freed.wait(mark, { clock, ms: 1000, signal: new AbortController().signal }), true);
});

Deno.test("FreeSignal.wait() ends with the signal's reason", async () => {
  const { changed, stop, clock } = waiting(new FreeSignal(), ["v4a"]);
  stop.abort(new Error("has gone"));
  await assert.rejects(changed, /has gone/);
  assert.equal(clock.next(), undefined);
});

Deno.test("FreeSignal.notify() wakes everybody who waits for the pool", async () => {
  const freed = new FreeSignal();
  const all = ["v4a", "v4a", "v4b"].map((pool) => waiting(freed, [pool]));
  freed.notify("v4a");
  assert.deepEqual(await Promise.all(all.slice(0, 2).map(({ changed }) => changed)), [true, true]);
  all[2]!.clock.advance(1000);
  assert.equal(await all[2]!.changed, false);
});
