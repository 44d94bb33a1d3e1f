import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { holderOfNode, lockNode, NodeHeldError } from "./node_lock.ts";

const never = new AbortController().signal;
const options = { holder: "agent-b", clock: systemClock, log: silentLog, signal: never };

async function withLock(use: (path: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "lock-" });
  try {
    await use(`${folder}/run/agent.lock`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("lockNode() makes the folder, and a lock for its owner alone that names the holder", async () => {
  await withLock(async (path) => {
    using _lock = await lockNode(path, { ...options, clock: new FakeClock() });
    assert.equal(Deno.readTextFileSync(path), "agent-b, since 1970-01-01T00:00:00.000Z");
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  });
});

Deno.test("agent 5: lockNode() waits for the agent before it, and goes on as soon as that has ended", async () => {
  await withLock(async (path) => {
    const first = await lockNode(path, { ...options, holder: "agent-a-with-a-longer-name" });
    const waits = Promise.withResolvers<unknown>();
    const log = { ...silentLog, info: (_: string, fields?: object) => waits.resolve(fields) };
    const second = lockNode(path, { ...options, log });
    const holder = holderOfNode(path);
    assert.match(holder ?? "", /^agent-a-with-a-longer-name, since /);
    assert.deepEqual(await waits.promise, { holder, limitMs: 45_000 });
    first[Symbol.dispose]();
    {
      using _lock = await second;
      assert.match(holderOfNode(path) ?? "", /^agent-b, since /);
    }
    assert.equal(holderOfNode(path), undefined);
  });
});

Deno.test("agent 5: lockNode() gives up when the agent before it does not end, and says whose it is", async () => {
  await withLock(async (path) => {
    const clock = new FakeClock();
    using _lock = await lockNode(path, { ...options, clock, holder: "agent-a" });
    const second = lockNode(path, { ...options, clock, limitMs: 1_000 });
    second.catch(() => undefined);
    await clock.run(1_000);
    await assert.rejects(second, (err) => {
      assert.ok(err instanceof NodeHeldError);
      assert.deepEqual([err.path, err.holder], [path, "agent-a, since 1970-01-01T00:00:00.000Z"]);
      assert.match(
        err.message,
        /^Cannot take over this node: agent "agent-a, since .*" still works after 1 s and holds \//,
      );
      return true;
    });
  });
});

Deno.test("agent 5: lockNode() stops waiting when the agent is told to stop", async () => {
  await withLock(async (path) => {
    using _lock = await lockNode(path, options);
    const reason = new Error("told to stop");
    const stop = new AbortController();
    const log = { ...silentLog, info: () => stop.abort(reason) };
    await assert.rejects(lockNode(path, { ...options, log, signal: stop.signal }), reason);
  });
});

Deno.test("agent 5: the lock of a process that died is free", async () => {
  await withLock(async (path) => {
    const code = `const file = Deno.openSync(${JSON.stringify(path)}, { create: true, write: true });
      file.lockSync(true); file.writeSync(new Uint8Array([100])); Deno.kill(Deno.pid, "SIGKILL");`;
    Deno.mkdirSync(path.replace(/\/[^/]+$/, ""));
    await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    assert.equal(Deno.readTextFileSync(path), "d", "it held the lock");
    using _lock = await lockNode(path, { ...options, clock: new FakeClock() });
  });
});
