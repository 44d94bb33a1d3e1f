import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { Deadline } from "./deadline.ts";
import { KubeTimeoutError } from "./errors.ts";
import { settled } from "./fake_transport.ts";

const request = "GET /x";

Deno.test("Deadline aborts when time is up, and not before", async () => {
  const clock = new FakeClock();
  using deadline = new Deadline({ clock, timeoutMs: 100, request });
  clock.advance(99);
  await settled();
  assert.equal(deadline.signal.aborted, false);
  clock.advance(1);
  await settled();
  assert.ok(deadline.signal.reason instanceof KubeTimeoutError);
  assert.equal(deadline.signal.reason.timeoutMs, 100);
});

Deno.test("Deadline follows another signal, with its reason", () => {
  const parent = new AbortController();
  const clock = new FakeClock();
  using deadline = new Deadline({ clock, timeoutMs: 100, signal: parent.signal, request });
  parent.abort("gone");
  assert.equal(deadline.signal.reason, "gone");
  assert.equal(clock.next(), undefined);
});

Deno.test("Deadline is aborted at once by a signal that is", () => {
  const clock = new FakeClock();
  using deadline = new Deadline({ clock, timeoutMs: 100, signal: AbortSignal.abort("gone"), request });
  assert.equal(deadline.signal.reason, "gone");
  assert.equal(clock.next(), undefined);
});

Deno.test("Deadline leaves no timer and no listener behind", async () => {
  const clock = new FakeClock();
  const parent = new AbortController();
  const deadline = new Deadline({ clock, timeoutMs: 100, signal: parent.signal, request });
  deadline[Symbol.dispose]();
  assert.equal(clock.next(), undefined);
  parent.abort();
  clock.advance(1000);
  await settled();
  assert.equal(deadline.signal.aborted, false);
});

for (const restartMs of [500, 10, 1]) {
  Deno.test(`Deadline.restart() gives ${restartMs} ms from then, be it later or earlier than before`, async () => {
    const clock = new FakeClock();
    using deadline = new Deadline({ clock, timeoutMs: 100, request });
    clock.advance(50);
    deadline.restart(restartMs);
    clock.advance(restartMs - 1);
    await settled();
    assert.equal(deadline.signal.aborted, false);
    clock.advance(1);
    await settled();
    assert.equal(deadline.signal.aborted, true);
  });
}

Deno.test("Deadline.restart() with no time left aborts at once", () => {
  using deadline = new Deadline({ clock: new FakeClock(), timeoutMs: 100, request });
  deadline.restart(0);
  assert.equal(deadline.signal.aborted, true);
});
