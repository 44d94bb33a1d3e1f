/** Callers that wait too long, or hang up. */
import assert from "node:assert/strict";
import { refuses, waitsFor } from "./fake_pool_store.ts";
import { DeadlineError } from "./requests.ts";
import { claimOf, settled, turn, writerFixture } from "./writer_fixture.ts";

Deno.test("PoolWriter rejects at the deadline with what went wrong, and writes nothing after it", async () => {
  const { store, clock, writer, ...pool } = writerFixture();
  store.fail("write", ...Array(1000).fill(refuses(409)));
  const outcome = writer.claim(claimOf("A"), { deadlineMs: clock.now() + 2000 });
  const rejected = assert.rejects(outcome, (err) => {
    assert.ok(err instanceof DeadlineError);
    assert.match(
      err.message,
      /^Cannot write IPPool "p" in time: exhaust all retries, last: Cannot PUT pool: 409 Conflict/,
    );
    return true;
  });
  await clock.run(1999);
  assert.equal(writer.idle, false);
  await clock.run(1);
  await rejected;
  const writes = store.count("write");
  await clock.run(10_000);
  assert.equal(store.count("write"), writes);
  assert.equal(writer.idle, true);
  assert.deepEqual(pool.stored(), {});
});

Deno.test("PoolWriter tells a caller in time that comes while it pauses", async () => {
  const { store, clock, writer, ...pool } = writerFixture();
  store.fail("read", refuses(429, { retryAfterMs: 5000 }));
  const patient = pool.claim("A");
  await clock.run(10);
  const hasty = settled(writer.claim(claimOf("B"), { deadlineMs: clock.now() + 100 }));
  await clock.run(100);
  assert.equal(await hasty, "DeadlineError");
  assert.equal(store.count("read"), 1, "the server wants to be left alone");
  await clock.run(5000);
  assert.equal(await patient, "10.1.0.1");
});

Deno.test("PoolWriter: a deadline that passed while the pool was read is not served", async () => {
  const { store, clock, ...pool } = writerFixture();
  const gate = Promise.withResolvers<void>();
  store.fail("read", waitsFor(gate.promise));
  const [late, inTime] = [pool.claim("A", { options: { deadlineMs: clock.now() + 50 } }), pool.claim("B")];
  clock.advance(50);
  gate.resolve();
  assert.deepEqual(await Promise.all([late, inTime]), ["DeadlineError", "10.1.0.1"]);
  assert.deepEqual(pool.stored(), { "10.1.0.1": "B" });
});

Deno.test("PoolWriter: who hangs up in the queue takes nothing, who hangs up during the write is answered", async () => {
  const { store, clock, ...pool } = writerFixture();
  await pool.claim("X");
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise));
  const callers = [new AbortController(), new AbortController()];
  const writing = pool.claim("A", { options: { signal: callers[0]!.signal } });
  await turn();
  const queued = pool.claim("B", { options: { signal: callers[1]!.signal } });
  for (const caller of callers) caller.abort(new RangeError("hung up"));
  assert.equal(await queued, "RangeError");
  gate.resolve();
  assert.equal(await writing, "10.1.0.2");
  await clock.run(0);
  assert.deepEqual(pool.stored(), { "10.1.0.1": "X", "10.1.0.2": "A" });
});

Deno.test("PoolWriter: who hung up is not served again after a conflict", async () => {
  const { store, clock, ...pool } = writerFixture();
  const gate = Promise.withResolvers<void>();
  store.fail("write", async () => {
    await gate.promise;
    return await refuses(409)(() => undefined as never, store);
  });
  const caller = new AbortController();
  const outcome = pool.claim("A", { options: { signal: caller.signal } });
  await clock.run(0);
  caller.abort(new RangeError("hung up"));
  gate.resolve();
  assert.equal(await outcome, "RangeError");
  await clock.run(1000);
  assert.deepEqual(pool.stored(), {});
});
