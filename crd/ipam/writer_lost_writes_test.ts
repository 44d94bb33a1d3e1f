/** Writes whose answer was lost, and that may be done later. */
import assert from "node:assert/strict";
import { delays, losesAnswer, losesRequest, refuses } from "./fake_pool_store.ts";
import { loseClaim, loseRelease } from "./lost_write_fixture.ts";
import { one, turn, writerFixture } from "./writer_fixture.ts";

Deno.test("PoolWriter: a write whose answer was lost gives the same address", async () => {
  for (const fault of [losesAnswer, losesRequest, delays]) {
    const { store, clock, ...pool } = writerFixture();
    store.fail("write", fault);
    const outcome = pool.claim("A");
    await clock.run(10);
    assert.equal(await outcome, fault === losesAnswer ? "10.1.0.1 existing" : "10.1.0.1");
    store.land();
    assert.deepEqual(pool.stored(), { "10.1.0.1": "A" });
  }
});

Deno.test("PoolWriter: a release is not confirmed while a lost claim may still be done", async () => {
  const { store, clock, ...pool } = writerFixture();
  await pool.claim("X");
  store.fail("write", delays);
  const caller = new AbortController();
  const claim = pool.claim("A", { options: { signal: caller.signal } });
  await turn();
  caller.abort(new RangeError("hung up"));
  assert.equal(await claim, "RangeError");
  const release = pool.release("A");
  await clock.run(10);
  assert.equal(await release, "released");
  store.land();
  assert.deepEqual(pool.stored(), { "10.1.0.1": "X" });
});

Deno.test("PoolWriter: the write that shuts out a lost one is itself repeated until it is done", async () => {
  const pool = writerFixture({ records: one });
  const { store, clock } = pool;
  await loseRelease(pool, "A");
  store.fail("write", delays, refuses(500), losesRequest, refuses(429), refuses(409));
  const outcome = pool.claim("A");
  await clock.run(5000);
  assert.equal(await outcome, "10.1.0.1 existing");
  store.land();
  assert.deepEqual(pool.stored(), { "10.1.0.1": "A" });
});

const spelled = [
  { name: "no record", records: undefined, want: undefined },
  { name: "one record", records: one, want: one },
];
for (const { name, records, want } of spelled) {
  Deno.test(`PoolWriter gives the records upstream's spelling again after it shut out a lost write: ${name}`, async () => {
    const pool = writerFixture(records === undefined ? {} : { records });
    await loseClaim(pool, "L");
    assert.equal(await pool.release("B"), "released");
    await turn();
    assert.equal(pool.store.get("p").status?.allocatedIPs, want);
    assert.equal(pool.store.count("write"), 3, "the lost one, the one that shut it out, the respelling");
  });
}

Deno.test("PoolWriter: a quarantine whose answer was lost is found done, and lasts no longer", async () => {
  const pool = writerFixture({ records: '{"10.1.0.1":{"pod":"ns/A","podUid":"A"}}' });
  pool.store.fail("write", losesAnswer);
  const outcome = pool.quarantine("A", { addresses: [{ address: "10.1.0.1" }] });
  await pool.clock.run(100);
  assert.equal(await outcome, "quarantined 10.1.0.1");
  assert.deepEqual(pool.stored(), { "10.1.0.1": "quarantine:1970-01-01T00:10:01Z" });
  assert.equal(await pool.claim("A"), "10.1.0.2");
});
