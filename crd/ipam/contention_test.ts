import assert from "node:assert/strict";
import { Contention } from "./contention.ts";

/** Windows after each of `tries`: `c` a conflict, `w` a write that went through; `.` is ten seconds without any. */
function windowsOf(tries: string, { turnMs = 10, capMs = 2000 } = {}): number[] {
  const contention = new Contention({ capMs });
  let nowMs = 1000;
  return [...tries].map((one) => {
    nowMs += one === "." ? 10_000 : turnMs;
    if (one !== ".") contention.tried({ isConflict: one === "c", turnMs, nowMs });
    return Math.round(contention.windowMs);
  });
}

const cases = [
  { name: "is none where nobody else writes", tries: "www", want: [0, 0, 0] },
  { name: "is two turns after the first conflict", tries: "c", want: [20] },
  { name: "grows by a half with each conflict", tries: "ccc", want: [20, 30, 45] },
  { name: "shrinks with each write, and goes", tries: "cwwwww", want: [20, 14, 10, 7, 0, 0] },
  { name: "stays where every other try succeeds", tries: "cccwcwcw", want: [20, 30, 45, 31, 47, 33, 50, 35] },
  { name: "is forgotten after a while", tries: "ccc.w", want: [20, 30, 45, 45, 0] },
  { name: "starts anew with a conflict after a while", tries: "ccc.c", want: [20, 30, 45, 45, 20] },
];
for (const { name, tries, want } of cases) {
  Deno.test(`Contention: the window ${name}`, () => assert.deepEqual(windowsOf(tries), want));
}

Deno.test("Contention: the window has a cap", () => assert.equal(windowsOf("cccccccc", { capMs: 50 }).at(-1), 50));

Deno.test("Contention: the window follows how long a turn takes", () => {
  assert.deepEqual(windowsOf("cc", { turnMs: 100 }), [200, 300]);
});

Deno.test("Contention: a clock that was set back forgets what was before", () => {
  const contention = new Contention();
  contention.tried({ isConflict: true, turnMs: 50, nowMs: 10_000 });
  contention.tried({ isConflict: false, turnMs: 10, nowMs: 1_000 });
  assert.equal(contention.windowMs, 0);
});

Deno.test("Contention: a turn without any time counts as a short one", () => {
  assert.deepEqual(windowsOf("cc", { turnMs: 0 }), [10, 15]);
});
