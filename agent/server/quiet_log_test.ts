import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type Log, silentLog } from "../../net/base/log.ts";
import { QuietLog } from "./quiet_log.ts";

function listening(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { log: { ...silentLog, warn: note, error: note }, lines };
}

Deno.test("QuietLog writes so many lines of a window, and says in the next how many it left out", () => {
  const { log, lines } = listening();
  const clock = new FakeClock();
  const quiet = new QuietLog({ log, clock, most: 2, windowMs: 1000 });
  for (let i = 0; i < 10_000; i++) quiet.warn(log, "refused", { i });
  assert.deepEqual(lines, ['refused {"i":0}', 'refused {"i":1}']);
  clock.advance(999);
  quiet.error(log, "refused", { i: "still" });
  assert.equal(lines.length, 2);
  clock.advance(1);
  quiet.error(log, "refused", { i: "next" });
  assert.deepEqual(lines.slice(2), [
    'left lines out of the log {"message":"refused","count":9999}',
    'refused {"i":"next"}',
  ]);
});

Deno.test("QuietLog names the lines that it left out, whatever is written next", () => {
  const { log, lines } = listening();
  const clock = new FakeClock();
  const quiet = new QuietLog({ log, clock, most: 1, windowMs: 1000 });
  for (const message of ["refused", "refused", "lost", "refused", "broken"]) quiet.warn(log, message, {});
  clock.advance(1000);
  quiet.warn(log, "well", {});
  assert.deepEqual(lines.slice(1), [
    'left lines out of the log {"message":"refused","count":2}',
    'left lines out of the log {"message":"lost","count":1}',
    'left lines out of the log {"message":"broken","count":1}',
    "well {}",
  ]);
});

Deno.test("QuietLog says nothing of a window that had room", () => {
  const { log, lines } = listening();
  const clock = new FakeClock();
  const quiet = new QuietLog({ log, clock, most: 2, windowMs: 1000 });
  for (let i = 0; i < 3; i++, clock.advance(1000)) quiet.warn(log, "refused", { i });
  assert.deepEqual(lines, ['refused {"i":0}', 'refused {"i":1}', 'refused {"i":2}']);
});

Deno.test("QuietLog goes on at once when the clock was set back", () => {
  const { log, lines } = listening();
  let nowMs = 3_600_000;
  const quiet = new QuietLog({
    log,
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
    most: 1,
    windowMs: 1000,
  });
  quiet.warn(log, "refused", {});
  nowMs = 0;
  quiet.warn(log, "refused", {});
  assert.equal(lines.length, 2);
});
