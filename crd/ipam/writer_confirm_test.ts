/** Answers that need no write: they are given when the pool is known not to have changed. */
import assert from "node:assert/strict";
import { poolObject } from "./fake_pool_store.ts";
import { loseRelease } from "./lost_write_fixture.ts";
import { one, turn, type WriterFixture, writerFixture } from "./writer_fixture.ts";

const unwritten = [
  { name: "an own record", ask: (pool: WriterFixture) => pool.claim("A"), want: "10.1.0.1 existing" },
  { name: "a full pool", ask: (pool: WriterFixture) => pool.claim("B"), want: "refused used-out" },
  { name: "nothing to release", ask: (pool: WriterFixture) => pool.release("B"), want: "released" },
  { name: "nothing of one's own", ask: (pool: WriterFixture) => pool.claim("B", { ownOnly: true }), want: "none" },
  { name: "an older spec", ask: (pool: WriterFixture) => pool.claim("B", { generation: 0 }), want: "stale" },
];
for (const { name, ask, want } of unwritten) {
  Deno.test(`PoolWriter confirms an answer that needs no write by the version alone: ${name}`, async () => {
    const pool = writerFixture({ ips: ["10.1.0.1"], records: one });
    assert.equal(await ask(pool), want, "first: the read itself is the confirmation");
    assert.deepEqual(pool.store.calls, ["read"]);
    assert.equal(await ask(pool), want);
    assert.deepEqual(pool.store.calls, ["read", "version"]);
  });

  Deno.test(`PoolWriter shuts out a lost write before an answer that needs no write: ${name}`, async () => {
    const pool = writerFixture({ ips: ["10.1.0.1"], records: one });
    await loseRelease(pool, "A");
    assert.equal(await ask(pool), want);
    pool.store.land();
    assert.deepEqual(pool.stored(), { "10.1.0.1": "A" }, "the lost write can no longer be done");
    assert.equal(await ask(pool), want);
  });

  Deno.test(`PoolWriter reads again when the version moved: ${name}`, async () => {
    const pool = writerFixture({ ips: ["10.1.0.1"], records: one });
    await ask(pool);
    pool.store.put(poolObject({ ips: ["10.1.0.1", "10.1.0.9"] }, { generation: 1, status: {} }));
    await ask(pool);
    assert.deepEqual(pool.store.calls.slice(0, 3), ["read", "version", "read"]);
  });
}

Deno.test("PoolWriter confirms for a caller that comes while the version is asked for others once more", async () => {
  const pool = writerFixture({ ips: ["10.1.0.1"], records: one });
  const { store } = pool;
  await pool.claim("A");
  const gate = Promise.withResolvers<void>();
  store.fail("version", async (work) => {
    const answer = work();
    await gate.promise;
    return answer;
  });
  const early = pool.claim("A");
  await turn();
  store.put(poolObject({ ips: ["10.1.0.1"] }, { status: {} }));
  const late = pool.claim("B");
  gate.resolve();
  assert.deepEqual(await Promise.all([early, late]), ["10.1.0.1 existing", "10.1.0.1"]);
  assert.deepEqual(store.calls, ["read", "version", "version", "read", "write"]);
});
