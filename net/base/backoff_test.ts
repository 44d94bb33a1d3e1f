import assert from "node:assert/strict";
import { fullJitter } from "./backoff.ts";
import { seededRandom } from "./random.ts";

const bounds = { baseMs: 10, capMs: 500 };

const limits = [
  { attempt: 0, want: 10 },
  { attempt: 1, want: 20 },
  { attempt: 5, want: 320 },
  { attempt: 6, want: 500 },
  { attempt: 31, want: 500 },
  { attempt: 5000, want: 500 },
  { attempt: Infinity, want: 500 },
];
for (const { attempt, want } of limits) {
  Deno.test(`fullJitter(${attempt}) lies between 0 and ${want} ms`, () => {
    assert.equal(fullJitter(attempt, { ...bounds, random: () => 0 }), 0);
    assert.equal(fullJitter(attempt, { ...bounds, random: () => 0.5 }), want / 2);
    const random = seededRandom(attempt);
    for (let i = 0; i < 100; i++) assert.ok(fullJitter(attempt, { ...bounds, random }) < want);
  });
}

Deno.test("fullJitter() never passes the cap, also when the base is over it or there is none", () => {
  assert.equal(fullJitter(0, { baseMs: 10, capMs: 4, random: () => 0.5 }), 2);
  assert.equal(fullJitter(0, { baseMs: 0, capMs: 4, random: () => 0.5 }), 0);
  assert.equal(fullJitter(3, { baseMs: 10, capMs: Infinity, random: () => 0.5 }), 40);
});
