import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "./duration.ts";

const good: [text: string, ms: number][] = [
  ["50s", 50_000],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  [".5s", 500],
  ["-5s", -5000],
  ["+1m", 60_000],
  ["0", 0],
  ["1000us", 1],
  ["1000µs", 1],
];
for (const [text, ms] of good) {
  Deno.test(`parseDuration() reads ${text}`, () => assert.equal(parseDuration(text), ms));
}

for (const text of ["", "5", "s", "5 s", "1m 30s", "5sx", "--5s", "1d", "5s\n"]) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseDuration(text), SyntaxError);
  });
}

const written: [ms: number, text: string][] = [
  [30_000, "30s"],
  [600_000, "10m"],
  [90_000, "90s"],
  [86_400_000, "24h"],
  [1500, "1500ms"],
  [0.5, "0.5ms"],
  [0, "0ms"],
];
for (const [ms, text] of written) {
  Deno.test(`formatDuration() writes ${text}, which parseDuration() reads`, () => {
    assert.equal(formatDuration(ms), text);
    assert.equal(parseDuration(text), ms);
  });
}
