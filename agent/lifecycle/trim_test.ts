import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { runTrims } from "./trim.ts";

Deno.test("runTrims() trims at once, then every minute, until it is told to stop", async () => {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const trims: number[] = [];
  const trim = () => Promise.resolve(() => void trims.push(clock.now()));
  const running = runTrims({ trim, residentBytes: () => 0, clock, log: silentLog }, stop.signal);
  await clock.run(150_000);
  assert.deepEqual(trims, [0, 60_000, 120_000]);
  stop.abort();
  await running;
});

const grown = 8 * 1024 * 1024;
const cases = [
  { name: "as soon as much has come since the last one", bytes: [0, 0, grown, 0], want: [0, 2_000] },
  { name: "not for less", bytes: [0, grown - 1, grown - 1], want: [0] },
  { name: "by what has come since then, not by what there is", bytes: [grown, 2 * grown, 2 * grown], want: [0, 1_000] },
];
for (const { name, bytes, want } of cases) {
  Deno.test(`runTrims() trims ${name}`, async () => {
    const clock = new FakeClock(0);
    const stop = new AbortController();
    const trims: number[] = [];
    const trim = () => Promise.resolve(() => void trims.push(clock.now()));
    const residentBytes = () => bytes[clock.now() / 1_000] ?? bytes.at(-1) ?? 0;
    const running = runTrims({ trim, residentBytes, clock, log: silentLog }, stop.signal);
    await clock.run(10_000);
    assert.deepEqual(trims, want);
    stop.abort();
    await running;
  });
}

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
