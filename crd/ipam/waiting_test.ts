import assert from "node:assert/strict";
import { DeadlineError, type ReleaseRequest } from "./requests.ts";
import { type Waiting, WaitingQueue } from "./waiting.ts";

const done = { kind: "released", addresses: [] } as const;

Deno.test("WaitingQueue serves first come first, and puts a batch back to the front", () => {
  const queue = new WaitingQueue();
  push(queue, "a", "b", "c", "d");
  const batch = queue.take(2);
  assert.deepEqual(batch.map(uidOf), ["a", "b"]);
  queue.putBack(batch);
  assert.deepEqual(queue.take(Infinity).map(uidOf), ["a", "b", "c", "d"]);
  assert.equal(queue.length, 0);
});

Deno.test("WaitingQueue.takeBefore() takes those that had arrived", () => {
  const queue = new WaitingQueue();
  push(queue, "a", "b", "c");
  assert.deepEqual(queue.takeBefore(2).map(uidOf), ["a", "b"]);
  assert.deepEqual(queue.take(9).map(uidOf), ["c"]);
});

Deno.test("WaitingQueue rejects at once when a caller leaves while it waits", async () => {
  const queue = new WaitingQueue();
  const caller = new AbortController();
  const outcome = queue.push(request("a"), { deadlineMs: 9, signal: caller.signal }, 0);
  caller.abort(new RangeError("hung up"));
  await assert.rejects(outcome, new RangeError("hung up"));
  assert.equal(queue.length, 0);
});

Deno.test("WaitingQueue does not take a caller that has left already", async () => {
  const queue = new WaitingQueue();
  const signal = AbortSignal.abort(new RangeError("hung up"));
  await assert.rejects(queue.push(request("a"), { deadlineMs: 9, signal }, 0), new RangeError("hung up"));
  assert.equal(queue.length, 0);
});

Deno.test("WaitingQueue answers a caller that leaves while it is served", async () => {
  const queue = new WaitingQueue();
  const caller = new AbortController();
  const outcome = queue.push(request("a"), { deadlineMs: 9, signal: caller.signal }, 0);
  const [item] = queue.take(1);
  caller.abort(new RangeError("hung up"));
  item!.settle(done);
  assert.equal(await outcome, done);
});

Deno.test("WaitingQueue.putBack() rejects callers that left while they were served", async () => {
  const queue = new WaitingQueue();
  const caller = new AbortController();
  const outcome = queue.push(request("a"), { deadlineMs: 9, signal: caller.signal }, 0);
  push(queue, "b");
  const batch = queue.take(2);
  caller.abort(new RangeError("hung up"));
  queue.putBack(batch);
  await assert.rejects(outcome, new RangeError("hung up"));
  assert.deepEqual(queue.take(9).map(uidOf), ["b"]);
});

Deno.test("WaitingQueue.dropLate() rejects those whose deadline came, with the last error as the cause", async () => {
  const queue = new WaitingQueue();
  const outcomes = [50, 51, NaN, Infinity].map((deadlineMs, i) => queue.push(request("a"), { deadlineMs }, i));
  const lastError = new RangeError("down");
  queue.dropLate(50, { pool: "p", lastError });
  for (const late of [outcomes[0], outcomes[2]]) {
    await assert.rejects(late!, new DeadlineError("p", { cause: lastError }));
  }
  assert.equal(queue.length, 2);
  queue.dropLate(51, { pool: "p", lastError: undefined });
  await assert.rejects(outcomes[1]!, new DeadlineError("p"));
});

Deno.test("WaitingQueue.earliestDeadlineMs is infinite when nobody waits", () => {
  const queue = new WaitingQueue();
  assert.equal(queue.earliestDeadlineMs, Infinity);
  for (const deadlineMs of [7, 5, 6]) void queue.push(request("a"), { deadlineMs }, 0);
  assert.equal(queue.earliestDeadlineMs, 5);
});

Deno.test("WaitingQueue stops listening to a caller that was answered", async () => {
  const queue = new WaitingQueue();
  const caller = new AbortController();
  const outcome = queue.push(request("a"), { deadlineMs: 9, signal: caller.signal }, 0);
  queue.take(1)[0]!.settle(done);
  caller.abort();
  assert.equal(await outcome, done);
});

function push(queue: WaitingQueue, ...uids: readonly string[]): void {
  uids.forEach((uid, i) => void queue.push(request(uid), { deadlineMs: 1000 }, i));
}

function request(podUid: string): ReleaseRequest {
  return { kind: "release", pool: "p", podUid };
}

function uidOf({ request }: Waiting): string {
  return request.kind === "release" ? request.podUid : request.identity.podUid;
}
