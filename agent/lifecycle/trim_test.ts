import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { runTrims } from "./trim.ts";

Deno.test("runTrims() trims at once, then every minute, until it is told to stop", async () => {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const trims: number[] = [];
  const trim = () => Promise.resolve(() => void trims.push(clock.now()));
  const running = runTrims({ trim, clock, log: silentLog }, stop.signal);
  await clock.run(150_000);
  assert.deepEqual(trims, [0, 60_000, 120_000]);
  stop.abort();
  await running;
});

Deno.test("runTrims() says once that it cannot", async () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const trim = () =>
    Promise.resolve(() => {
      throw new Error("EPERM");
    });
  await runTrims({ trim, clock: new FakeClock(0), log }, new AbortController().signal);
  assert.deepEqual(warnings, ["cannot give unused memory back"]);
});

Deno.test("runTrims() does nothing where nobody can", async () => {
  await runTrims({ clock: new FakeClock(0), log: silentLog }, new AbortController().signal);
});
