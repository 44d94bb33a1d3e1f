import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { settled } from "../../crd/kube/fake_transport.ts";
import { LateError, reasonWith, withDeadline } from "./deadline.ts";

const action = "Cannot allocate addresses";

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

Deno.test("withDeadline() returns what the task returns and leaves no timer", async () => {
  const clock = new FakeClock(1000);
  const { signal } = new AbortController();
  const deadlineMs = await withDeadline({ clock, ms: 500, signal, action }, (deadline) => {
    assert.equal(deadline.signal.aborted, false);
    return Promise.resolve(deadline.deadlineMs);
  });
  assert.deepEqual([deadlineMs, clock.next()], [1500, undefined]);
});

Deno.test("withDeadline() ends its signal a little after the deadline", async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const done = withDeadline({ clock, ms: 500, signal, action }, ({ signal }) => untilAborted(signal));
  done.catch(() => undefined);
  clock.advance(500);
  await settled();
  assert.equal(clock.next(), 700);
  clock.advance(200);
  await assert.rejects(done, {
    message: "Cannot allocate addresses: exhaust all retries: nothing came of it within 500 ms",
    code: "retries-exhausted",
  });
});

Deno.test("withDeadline() ends with the caller's reason when the caller has gone", async () => {
  const clock = new FakeClock();
  const caller = new AbortController();
  const done = withDeadline({ clock, ms: 500, signal: caller.signal, action }, ({ signal }) => untilAborted(signal));
  caller.abort(new Error("has gone"));
  await assert.rejects(done, /has gone/);
  assert.equal(clock.next(), undefined);
});

Deno.test("reasonWith() adds the cause to a deadline that passed, and to nothing else", () => {
  const cause = new Error("Cannot GET /x: 500");
  const late = AbortSignal.abort(new LateError({ ms: 500, action: "Cannot release addresses" }));
  const reason = reasonWith(late, cause);
  assert.ok(reason instanceof LateError);
  assert.equal(
    reason.message,
    "Cannot release addresses: exhaust all retries: nothing came of it within 500 ms, last: Cannot GET /x: 500",
  );
  assert.equal(reason.cause, cause);
  assert.equal(reasonWith(late, undefined), late.reason);
  const gone = new Error("has gone");
  assert.equal(reasonWith(AbortSignal.abort(gone), cause), gone);
});
