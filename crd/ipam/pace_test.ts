import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { KubeApiError, KubeConnectionError } from "../kube/errors.ts";
import { Pace } from "./pace.ts";

const busy = { status: 429, reason: "TooManyRequests", message: "", request: "PUT pool" };
const down = new KubeConnectionError("PUT pool");

const pauses = [
  { name: "grow with full jitter up to the cap", errors: [down, down, down, down], random: 1, want: [10, 20, 40, 50] },
  { name: "have at least a millisecond", errors: [down, down], random: 0, want: [1, 1] },
  { name: "heed Retry-After", errors: [new KubeApiError({ ...busy, retryAfterMs: 3000 })], random: 1, want: [3000] },
  {
    name: "heed Retry-After no longer than 10 s",
    errors: [new KubeApiError({ ...busy, retryAfterMs: 1e9 })],
    random: 1,
    want: [10_000],
  },
];
for (const { name, errors, random, want } of pauses) {
  Deno.test(`Pace: pauses ${name}`, () => {
    const pace = paceOf(new FakeClock(1000), random);
    assert.deepEqual(
      errors.map((err) => {
        pace.failed(err, 10);
        return pace.leftMs;
      }),
      want,
    );
  });
}

Deno.test("Pace has nothing to wait for at first and after its pause", () => {
  const clock = new FakeClock(1000);
  const pace = paceOf(clock, 1);
  assert.ok(pace.leftMs <= 0);
  pace.failed(down, 10);
  clock.advance(10);
  assert.ok(pace.leftMs <= 0);
  assert.equal(pace.lastError, down);
});

Deno.test("Pace.reset() starts from the shortest pause and forgets the error", () => {
  const pace = paceOf(new FakeClock(1000), 1);
  for (let i = 0; i < 5; i++) pace.failed(down, 10);
  pace.reset();
  assert.equal(pace.lastError, undefined);
  pace.failed(down, 10);
  assert.equal(pace.leftMs, 10);
});

Deno.test("Pace does not wait for a clock that was set back", () => {
  let nowMs = 5_000_000;
  const pace = new Pace({
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
    random: () => 1,
    backoff: { baseMs: 10, capMs: 50 },
  });
  pace.failed(down, 10);
  nowMs -= 3_600_000;
  assert.equal(pace.leftMs, 0);
});

function paceOf(clock: FakeClock, random: number): Pace {
  return new Pace({ clock, random: () => random, backoff: { baseMs: 10, capMs: 50 } });
}

const conflict = new KubeApiError({ status: 409, reason: "Conflict", message: "", request: "PUT pool" });

Deno.test("Pace waits after conflicts in a window of turns, whatever other failures there were", () => {
  const pace = paceOf(new FakeClock(1000), 1);
  for (let i = 0; i < 5; i++) pace.failed(down, 10);
  pace.failed(conflict, 30);
  assert.equal(pace.leftMs, 60);
  assert.equal(pace.lastError, conflict);
});

Deno.test("Pace lets others write after a success, as long as there are others", () => {
  const clock = new FakeClock(1000);
  const pace = paceOf(clock, 1);
  pace.wrote(10);
  assert.ok(pace.leftMs <= 0, "nobody else");
  pace.failed(conflict, 10);
  clock.advance(20);
  pace.wrote(10);
  assert.equal(pace.leftMs, 14);
  clock.advance(20_000);
  pace.wrote(10);
  assert.ok(pace.leftMs <= 0, "they have gone");
});
