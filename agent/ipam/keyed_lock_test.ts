import assert from "node:assert/strict";
import { settled } from "../../crd/kube/fake_transport.ts";
import { KeyedLock } from "./keyed_lock.ts";

/** A task that runs until it is told to end, and says in `log` what it does. */
class Task {
  readonly #end = Promise.withResolvers<void>();
  readonly run: () => Promise<string>;

  constructor(readonly name: string, log: string[]) {
    this.run = async () => {
      log.push(`${name} starts`);
      await this.#end.promise;
      log.push(`${name} ends`);
      return name;
    };
  }

  end(err?: Error): void {
    if (err === undefined) this.#end.resolve();
    else this.#end.reject(err);
  }
}

function tasks(...names: string[]): { log: string[]; all: Task[] } {
  const log: string[] = [];
  return { log, all: names.map((name) => new Task(name, log)) };
}

Deno.test("KeyedLock.run() runs tasks of one key one after the other, in their order", async () => {
  const lock = new KeyedLock();
  const { log, all: [a, b, c] } = tasks("a", "b", "c");
  const done = [a!, b!, c!].map((task) => lock.run("k", task.run));
  for (const task of [c!, b!, a!]) task.end();
  assert.deepEqual(await Promise.all(done), ["a", "b", "c"]);
  assert.deepEqual(log, ["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
});

Deno.test("KeyedLock.run() lets tasks of different keys run at once", async () => {
  const lock = new KeyedLock();
  const { log, all: [a, b] } = tasks("a", "b");
  const done = [lock.run("k", a!.run), lock.run("l", b!.run)];
  await settled();
  assert.deepEqual(log, ["a starts", "b starts"]);
  a!.end();
  b!.end();
  await Promise.all(done);
});

Deno.test("KeyedLock.run() goes on after a task that threw", async () => {
  const lock = new KeyedLock();
  const { log, all: [a, b] } = tasks("a", "b");
  const first = lock.run("k", a!.run);
  const second = lock.run("k", b!.run);
  a!.end(new Error("a broke"));
  b!.end();
  await assert.rejects(first, /a broke/);
  assert.equal(await second, "b");
  assert.deepEqual(log, ["a starts", "b starts", "b ends"]);
});

Deno.test("KeyedLock.run() gives up waiting when its signal is aborted, and the queue stays in order", async () => {
  const lock = new KeyedLock();
  const { log, all: [a, b, c] } = tasks("a", "b", "c");
  const stop = new AbortController();
  const first = lock.run("k", a!.run);
  const second = lock.run("k", b!.run, { signal: stop.signal });
  const third = lock.run("k", c!.run);
  stop.abort(new Error("has gone"));
  await assert.rejects(second, /has gone/);
  await settled();
  assert.deepEqual(log, ["a starts"]);
  a!.end();
  c!.end();
  await Promise.all([first, third]);
  assert.deepEqual(log, ["a starts", "a ends", "c starts", "c ends"]);
});

Deno.test("KeyedLock.run() keeps out who comes after the last waiter gave up, while the first still runs", async () => {
  const lock = new KeyedLock();
  const { log, all: [a, b, c] } = tasks("a", "b", "c");
  const stop = new AbortController();
  const first = lock.run("k", a!.run);
  const second = lock.run("k", b!.run, { signal: stop.signal });
  stop.abort(new Error("has gone"));
  await assert.rejects(second, /has gone/);
  await settled();
  assert.equal(lock.isHeld("k"), true);
  const third = lock.run("k", c!.run);
  await settled();
  assert.deepEqual(log, ["a starts"]);
  a!.end();
  c!.end();
  await Promise.all([first, third]);
});

Deno.test("KeyedLock.isHeld() says whether a task runs or waits, and forgets keys", async () => {
  const lock = new KeyedLock();
  const { all: [a] } = tasks("a");
  assert.equal(lock.isHeld("k"), false);
  const done = lock.run("k", a!.run);
  assert.equal(lock.isHeld("k"), true);
  assert.equal(lock.isHeld("l"), false);
  a!.end();
  await done;
  await settled();
  assert.equal(lock.isHeld("k"), false);
});
