import assert from "node:assert/strict";
import { formatDuration, progressLine, remainingMs } from "./progress.ts";

const cases = [
  {
    name: "nothing to do",
    progress: { done: 0, total: 0, elapsedMs: 0 },
    left: 0,
    line: "0 %, 0.0 s, about 0.0 s left",
  },
  {
    name: "too early to tell",
    progress: { done: 1, total: 100, elapsedMs: 5000 },
    left: undefined,
    line: "1 %, 5.0 s",
  },
  {
    name: "a quarter",
    progress: { done: 25, total: 100, elapsedMs: 60_000 },
    left: 180_000,
    line: "25 %, 1 min 0 s, about 3 min 0 s left",
  },
  {
    name: "more than counted",
    progress: { done: 120, total: 100, elapsedMs: 1000 },
    left: 0,
    line: "100 %, 1.0 s, about 0.0 s left",
  },
];

for (const { name, progress, left, line } of cases) {
  Deno.test(`remainingMs(), progressLine(): ${name}`, () => {
    assert.equal(remainingMs(progress), left);
    assert.equal(progressLine(progress), line);
  });
}

for (
  const [ms, text] of [[0, "0.0 s"], [9_949, "9.9 s"], [9_950, "10 s"], [59_499, "59 s"], [59_600, "1 min 0 s"], [
    185_000,
    "3 min 5 s",
  ]] as const
) {
  Deno.test(`formatDuration() of ${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
}
