import assert from "node:assert/strict";
import { Patience } from "./patience.ts";

const steps: { name: string; does: (patience: Patience) => void; want: number }[] = [
  { name: "starts with the least", does: () => {}, want: 1_000 },
  { name: "doubles what was too short", does: (patience) => patience.late(1_500), want: 3_000 },
  {
    name: "grows up to 8 times the least",
    does: (patience) => [1_000, 2_000, 4_000, 8_000, 60_000].forEach((ms) => patience.late(ms)),
    want: 8_000,
  },
  {
    name: "does not grow twice for what went out together",
    does: (patience) => [1_000, 1_000, 1_000].forEach((ms) => patience.late(ms)),
    want: 2_000,
  },
  {
    name: "halves after an answer well in time",
    does(patience) {
      patience.late(2_000);
      patience.inTime({ givenMs: 4_000, tookMs: 900 });
    },
    want: 2_000,
  },
  {
    name: "stays where an answer took a good part of the time",
    does(patience) {
      patience.late(2_000);
      patience.inTime({ givenMs: 4_000, tookMs: 1_000 });
    },
    want: 4_000,
  },
  {
    name: "stays after an answer to what was given less",
    does(patience) {
      patience.late(2_000);
      patience.inTime({ givenMs: 1_000, tookMs: 10 });
    },
    want: 4_000,
  },
  {
    name: "never falls below the least",
    does: (patience) => patience.inTime({ givenMs: 1_000, tookMs: 1 }),
    want: 1_000,
  },
];
for (const { name, does, want } of steps) {
  Deno.test(`Patience ${name}`, () => {
    const patience = new Patience(() => 1_000);
    does(patience);
    assert.equal(patience.ms, want);
  });
}

Deno.test("Patience goes by a least that was changed, down and up", () => {
  let leastMs = 1_000;
  const patience = new Patience(() => leastMs);
  patience.late(60_000);
  const seen = [1_000, 500, 2_000, 20_000, 100].map((ms) => {
    leastMs = ms;
    return patience.ms;
  });
  assert.deepEqual(seen, [8_000, 4_000, 8_000, 20_000, 800]);
});
