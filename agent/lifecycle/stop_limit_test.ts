import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { StopTooLongError, withinStopLimit } from "./stop_limit.ts";

Deno.test("agent 5: withinStopLimit() waits as long as nobody told the task to end", async () => {
  const clock = new FakeClock();
  const { promise: task, resolve } = Promise.withResolvers<string>();
  const limited = withinStopLimit(task, { stop: new AbortController().signal, clock });
  await clock.run(24 * 60 * 60 * 1000);
  resolve("done");
  assert.equal(await limited, "done");
});

Deno.test("agent 5: withinStopLimit() gives up 42 s after the task was told to end", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const limited = withinStopLimit(new Promise<void>(() => {}), { stop: stop.signal, clock });
  limited.catch(() => undefined);
  await clock.run(100_000);
  stop.abort();
  await clock.run(41_999);
  assert.equal(clock.next(), clock.now() + 1);
  await clock.run(1);
  await assert.rejects(limited, (err) => err instanceof StopTooLongError && /still works 42 s after/.test(err.message));
});

for (const when of ["before", "after"]) {
  Deno.test(`agent 5: withinStopLimit() leaves no timer behind: told to end ${when} it began`, async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    if (when === "before") stop.abort();
    const { promise: task, reject } = Promise.withResolvers<void>();
    const limited = withinStopLimit(task, { stop: stop.signal, clock });
    if (when === "after") stop.abort();
    assert.equal(clock.next(), 42_000);
    reject(new Error("failed by itself"));
    await assert.rejects(limited, /failed by itself/);
    assert.equal(clock.next(), undefined);
  });
}
