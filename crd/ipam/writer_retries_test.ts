/** What the writer does when the API refuses, fails or has no such pool. */
import assert from "node:assert/strict";
import { losesRequest, poolObject, refuses } from "./fake_pool_store.ts";
import { one, turn, writerFixture } from "./writer_fixture.ts";

const transient = [
  { name: "429 without a time", fault: refuses(429), afterMs: 5 },
  { name: "429 with Retry-After", fault: refuses(429, { retryAfterMs: 2000 }), afterMs: 2000 },
  { name: "500", fault: refuses(500), afterMs: 5 },
  { name: "503", fault: refuses(503), afterMs: 5 },
  { name: "a connection that broke", fault: losesRequest, afterMs: 5 },
];
for (const call of ["read", "version", "write"] as const) {
  for (const { name, fault, afterMs } of transient) {
    Deno.test(`PoolWriter tries again after ${name} on ${call}, not before ${afterMs} ms`, async () => {
      const { store, clock, ...pool } = writerFixture(call === "version" ? { records: one } : {});
      if (call === "version") await pool.claim("A");
      const before = store.calls.length;
      store.fail(call, fault);
      const outcome = pool.claim("A");
      await clock.run(afterMs - 1);
      const failed = store.calls.length;
      assert.equal(store.calls[failed - 1], call);
      await clock.run(1);
      assert.match(await outcome, /^10\.1\.0\.1/);
      assert.ok(store.calls.length > failed && failed > before);
    });
  }

  for (const status of [400, 401, 403, 413, 422]) {
    Deno.test(`PoolWriter gives a refusal with ${status} on ${call} to those who asked, and works on`, async () => {
      const { store, ...pool } = writerFixture(call === "version" ? { records: one } : {});
      if (call === "version") await pool.claim("A");
      store.fail(call, refuses(status));
      assert.equal(await pool.claim("A"), "KubeApiError");
      assert.match(await pool.claim("A"), /^10\.1\.0\.1/);
    });
  }

  Deno.test(`PoolWriter: ${call} of a pool that is gone`, async () => {
    const { store, clock, ...pool } = writerFixture({ records: one });
    if (call !== "read") await pool.claim("A");
    store.delete("p");
    const outcomes = Promise.all([call === "write" ? pool.claim("B") : pool.claim("A"), pool.release("A")]);
    await clock.run(10);
    assert.deepEqual(await outcomes, ["refused failed", "released"]);
  });
}

Deno.test("PoolWriter: a pool that is made again is another pool", async () => {
  const { store, clock, ...pool } = writerFixture({ records: one });
  await pool.claim("A");
  store.delete("p");
  store.put(poolObject({ ips: ["10.1.0.1"] }, { uid: "later" }));
  const outcome = pool.claim("B", { poolUid: "later" });
  await clock.run(20);
  assert.equal(await outcome, "10.1.0.1");
  assert.deepEqual(pool.stored(), { "10.1.0.1": "B" });
});

Deno.test("PoolWriter does not tell a caller of a pool that was made while it was read that there is none", async () => {
  const { store, ...pool } = writerFixture();
  const made = store.get("p");
  store.delete("p");
  const gate = Promise.withResolvers<void>();
  store.fail("read", async () => {
    await gate.promise; // the answer is from before
    return await refuses(404)(() => undefined as never, store);
  });
  const early = pool.claim("A");
  await turn();
  store.put(made);
  const late = [pool.claim("B"), pool.release("C")];
  gate.resolve();
  assert.deepEqual(await Promise.all([early, ...late]), ["refused failed", "10.1.0.1", "released"]);
  assert.deepEqual(store.calls, ["read", "read", "write"]);
});

Deno.test("PoolWriter refuses claims on a pool that cannot be read, and fails releases", async () => {
  const unreadable = [poolObject({ subnet: "x" }), poolObject({}, { status: { allocatedIPs: "{" } })];
  for (const object of unreadable) {
    const { store, ...pool } = writerFixture();
    store.put(object);
    const outcomes = await Promise.all([pool.claim("A"), pool.release("B")]);
    assert.equal(outcomes[0], "refused failed");
    assert.match(outcomes[1], /^Malformed(Pool|Records)Error$/);
    assert.equal(store.count("write"), 0, "nothing is written over what nobody understands");
  }
});

Deno.test("PoolWriter: a quarantine in a pool that is gone is no work", async () => {
  const pool = writerFixture();
  pool.store.delete("p");
  assert.equal(await pool.quarantine("A", { addresses: [{ address: "10.1.0.1" }] }), "quarantined");
});
