import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import type { LifeNote } from "./contract.ts";
import { memoryNote } from "./fake_agent.ts";
import { Lives } from "./lives.ts";

function livesWith(note?: LifeNote) {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const at = { nowMs: 0, timeoutMs: 1_000 };
  const lives = new Lives({ timeoutNow: () => at.timeoutMs, monotonic: () => at.nowMs, log, ...(note && { note }) });
  return { lives, warnings, at };
}

const unwritable: LifeNote = {
  read: () => undefined,
  write() {
    throw new Error("read-only");
  },
};

Deno.test("Lives notes a long life before it is given, so that the next process waits for it", () => {
  const note = memoryNote();
  const { lives } = livesWith(note);
  assert.equal(lives.inheritedMs, 2_000, "of a predecessor that noted nothing");
  lives.begin();
  assert.deepEqual([lives.allow(2_000), note.read()], [2_000, 2_000]);
  assert.deepEqual([lives.allow(3_000), note.read()], [3_000, 8_000]);
  const next = livesWith(note).lives;
  assert.equal(next.inheritedMs, 8_000);
  next.begin();
  assert.equal(livesWith(note).lives.inheritedMs, 2_000, "it is over");
});

Deno.test("Lives gives no long life where it cannot be noted, and says so once", () => {
  const { lives, warnings } = livesWith(unwritable);
  lives.begin();
  assert.deepEqual([8_000, 4_000, 1_000].map((ms) => lives.allow(ms)), [2_000, 2_000, 1_000]);
  assert.equal(warnings.length, 1);
});

const firsts = [
  { name: "not known for how long", keptMs: undefined, want: 2_000 },
  { name: "from now on", keptMs: 0, want: 2_000 },
  { name: "for nearly the longest life", keptMs: 6_500, want: 1_500 },
  { name: "for the longest life", keptMs: 8_000, want: 0 },
  { name: "for ever", keptMs: Infinity, want: 0 },
];
for (const { name, keptMs, want } of firsts) {
  Deno.test(`Lives waits for whom no note tells of, where notes are kept: ${name}`, () => {
    const note = memoryNote(keptMs === undefined ? {} : { keptMs });
    const { lives } = livesWith(note);
    assert.equal(lives.inheritedMs, want);
    lives.begin();
    assert.equal(livesWith(note).lives.inheritedMs, 2_000, "of the next one, whom a note tells");
  });
}

Deno.test("Lives lets nobody be asked before it is noted, and says so once", () => {
  const note = memoryNote();
  let isFull = true;
  const { lives, warnings } = livesWith({
    read: note.read,
    write: (ms) => isFull ? unwritable.write(ms) : note.write(ms),
  });
  lives.begin();
  assert.deepEqual([lives.mayAsk(), lives.mayAsk(), note.read()], [false, false, undefined]);
  assert.deepEqual(warnings, ["cannot ask other agents to write pools: the next agent would not know of it"]);
  isFull = false;
  assert.deepEqual([lives.mayAsk(), note.read()], [true, 2_000]);
  assert.equal(livesWith().lives.mayAsk(), true, "without a note the next one waits in any case");
});

Deno.test("Lives notes less when the last long life is over for long", () => {
  const note = memoryNote();
  const { lives, at } = livesWith(note);
  const steps: [nowMs: number, ms: number][] = [[0, 8_000], [20_000, 3_000], [44_000, 2_000], [44_001, 1_000]];
  const noted = steps.map(([nowMs, ms]) => {
    at.nowMs = nowMs;
    return [lives.allow(ms), note.read()];
  });
  assert.deepEqual(noted, [[8_000, 8_000], [3_000, 8_000], [2_000, 8_000], [1_000, 2_000]]);
});

Deno.test("Lives without a note waits for the longest life of a request", () => {
  const { lives } = livesWith();
  lives.begin();
  assert.deepEqual([lives.inheritedMs, lives.allow(8_000)], [8_000, 8_000]);
});

Deno.test("Lives notes more when the timeout is raised, and keeps the note of what went out before it is lowered", () => {
  const note = memoryNote();
  const { lives, at } = livesWith(note);
  const steps: [timeoutMs: number, nowMs: number, ms: number][] = [
    [1_000, 0, 8_000],
    [2_000, 100, 4_000],
    [2_000, 200, 16_000],
    [500, 300, 4_000],
    [500, 300 + 3 * 16_000, 1_000],
    [500, 301 + 3 * 16_000, 1_000],
  ];
  const noted = steps.map(([timeoutMs, nowMs, ms]) => {
    Object.assign(at, { timeoutMs, nowMs });
    return [lives.allow(ms), note.read()];
  });
  assert.deepEqual(noted, [
    [8_000, 8_000],
    [4_000, 8_000],
    [16_000, 16_000],
    [4_000, 16_000],
    [1_000, 16_000],
    [1_000, 1_000],
  ]);
});

Deno.test("Lives: a process with a lower timeout waits for what one with a higher timeout asked for", () => {
  const note = memoryNote();
  const { lives, at } = livesWith(note);
  lives.begin();
  at.timeoutMs = 9_000; // while it runs
  const plain = lives.allow(18_000);
  at.timeoutMs = 1_000;
  assert.equal(lives.allow(1_000), 1_000);
  assert.equal(livesWith(note).lives.inheritedMs, plain);
  at.nowMs = 3 * plain + 1;
  lives.allow(1_000);
  assert.equal(livesWith(note).lives.inheritedMs, 2_000, "it is over");
});
