import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { lockNode } from "./lock.ts";

async function withLockPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/new/folder/ifacer.lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("lockNode() lets one after the other in", async () => {
  await withLockPath(async (path) => {
    let inside = 0;
    const order: number[] = [];
    const calls = Array.from({ length: 5 }, async (_, i) => {
      using _lock = await lockNode({ path });
      inside++;
      await Promise.resolve();
      assert.equal(inside, 1);
      order.push(i);
      inside--;
    });
    await Promise.all(calls);
    assert.deepEqual(order.sort(), [0, 1, 2, 3, 4]);
  });
});

Deno.test("lockNode() gives up at its deadline, naming the file, and then does not keep the lock", async () => {
  await withLockPath(async (path) => {
    const clock = new FakeClock();
    const first = await lockNode({ path });
    const second = lockNode({ path, clock, timeoutMs: 1000 });
    await Promise.all([
      assert.rejects(second, { name: "CniError", code: 11, message: /^Cannot lock .*ifacer\.lock within 1000 ms/ }),
      clock.advance(1000),
    ]);
    first[Symbol.dispose]();
    using _third = await lockNode({ path });
  });
});
