import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { settableClock } from "../../tests/shared/settable_clock.ts";
import { OwedFailures } from "./owed_failures.ts";

const [a, b] = [{ name: "a" }, { name: "b" }];

function bench() {
  const time = new FakeClock(1_000_000);
  return { time, failures: new OwedFailures(time) };
}

Deno.test("OwedFailures counts from the first failure of the one that has failed for longest", () => {
  const { time, failures } = bench();
  assert.equal(failures.longestMs, 0);
  failures.failed(a);
  time.advance(30_000);
  failures.failed(a);
  failures.failed(b);
  time.advance(5_000);
  assert.equal(failures.longestMs, 35_000);
  failures.passed(a);
  assert.equal(failures.longestMs, 5_000);
  failures.passed(b);
  assert.equal(failures.longestMs, 0);
});

Deno.test("OwedFailures begins anew for one that passed in between", () => {
  const { time, failures } = bench();
  failures.failed(a);
  time.advance(30_000);
  failures.passed(a);
  failures.failed(a);
  time.advance(1_000);
  assert.equal(failures.longestMs, 1_000);
});

Deno.test("OwedFailures forgets one whose note is gone", () => {
  const { time, failures } = bench();
  failures.failed(a);
  failures.failed(b);
  time.advance(1_000);
  failures.among([b]);
  assert.equal(failures.longestMs, 1_000);
  failures.among([]);
  assert.equal(failures.longestMs, 0);
});

Deno.test("OwedFailures counts notes that cannot be read as one, until they can be", () => {
  const { time, failures } = bench();
  failures.unreadable();
  time.advance(1_000);
  failures.unreadable();
  time.advance(1_000);
  assert.equal(failures.longestMs, 2_000);
  failures.among([]);
  assert.equal(failures.longestMs, 0);
});

for (const { name, byMs } of [{ name: "forward", byMs: 3_600_000 }, { name: "back", byMs: -3_600_000 }]) {
  Deno.test(`agent 5: clock set ${name} by an hour: the time that an owed DEL has failed for is what it was`, () => {
    const time = new FakeClock();
    const { clock, set } = settableClock(time);
    const failures = new OwedFailures(clock);
    failures.failed(a);
    time.advance(1_000);
    set(byMs);
    assert.equal(failures.longestMs, 1_000);
  });
}
