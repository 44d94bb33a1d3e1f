import assert from "node:assert/strict";
import { CommitterClock } from "./committer_clock.ts";

/** A committer's clock over two clocks that a test moves. */
function clocks() {
  const at = { wallMs: 5_000, monotonicMs: 77 };
  let epochs = 0;
  const clock = new CommitterClock({
    clock: { now: () => at.wallMs, sleep: () => Promise.reject(new Error("nobody sleeps")) },
    monotonic: () => at.monotonicMs,
    newEpoch: () => `epoch ${++epochs}`,
  });
  const pass = (ms: number, { wallMs = ms }: { wallMs?: number } = {}) => {
    at.monotonicMs += ms;
    at.wallMs += wallMs;
  };
  return { clock, pass };
}

Deno.test("CommitterClock counts from the start of its epoch", () => {
  const { clock, pass } = clocks();
  assert.deepEqual(clock.read(), { epoch: "epoch 1", nowMs: 0 });
  pass(1_500);
  assert.deepEqual(clock.read(), { epoch: "epoch 1", nowMs: 1_500 });
});

const jumps = [
  { name: "the wall clock is set forward", ms: 10, wallMs: 5_000, isNew: true },
  { name: "the wall clock is set back", ms: 10, wallMs: -5_000, isNew: true },
  { name: "the process was suspended, and only the wall clock went on", ms: 0, wallMs: 60_000, isNew: true },
  { name: "the wall clock is slewed", ms: 10_000, wallMs: 10_005, isNew: false },
  { name: "time passes", ms: 3_600_000, wallMs: 3_600_000, isNew: false },
];
for (const { name, ms, wallMs, isNew } of jumps) {
  Deno.test(`CommitterClock ${isNew ? "begins a new epoch" : "stays in its epoch"}: ${name}`, () => {
    const { clock, pass } = clocks();
    pass(100);
    const limit = { epoch: clock.read().epoch, notAfterMs: 1e12 };
    pass(ms, { wallMs });
    assert.equal(clock.isOver(limit), isNew);
    assert.equal(clock.read().epoch, isNew ? "epoch 2" : "epoch 1");
    if (isNew) assert.equal(clock.read().nowMs, 0);
  });
}

Deno.test("CommitterClock stays in its epoch while the wall clock is slewed by an hour, little by little", () => {
  const { clock, pass } = clocks();
  for (let i = 0; i < 72_000; i++) {
    pass(1_000, { wallMs: 1_050 });
    clock.read();
  }
  assert.equal(clock.read().epoch, "epoch 1");
});

const limits = [
  { epoch: "epoch 1", notAfterMs: 101, want: false },
  { epoch: "epoch 1", notAfterMs: 100, want: true },
  { epoch: "epoch 1", notAfterMs: 0, want: true },
  { epoch: "epoch 1", notAfterMs: NaN, want: true },
  { epoch: "epoch 0", notAfterMs: 1e9, want: true },
  { epoch: "", notAfterMs: 1e9, want: true },
];
for (const { want, ...limit } of limits) {
  Deno.test(`CommitterClock.isOver(${JSON.stringify(limit)}) at 100 ms is ${want}`, () => {
    const { clock, pass } = clocks();
    pass(100);
    assert.equal(clock.isOver(limit), want);
  });
}

Deno.test("CommitterClock names its epochs so that no two are the same", () => {
  const deps = { clock: { now: () => 0, sleep: () => Promise.resolve() }, monotonic: () => 0 };
  const names = Array.from({ length: 100 }, () => new CommitterClock(deps).read().epoch);
  assert.equal(new Set(names).size, 100);
});
