import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { poolObject } from "./fake_pool_store.ts";
import { claimOf, one, settled, writerFixture } from "./writer_fixture.ts";

Deno.test("PoolWriter: 64 concurrent claims cost one read and one write, and no read once the pool is cached", async () => {
  const { store, ...pool } = writerFixture();
  const uids = Array.from({ length: 64 }, (_, i) => `a${i}`);
  const first = await Promise.all(uids.map((uid) => pool.claim(uid)));
  assert.deepEqual(store.calls, ["read", "write"]);
  assert.equal(new Set(first).size, 64);
  await Promise.all(uids.map((uid) => pool.claim(`later ${uid}`)));
  assert.deepEqual(store.calls.slice(2), ["write"]);
  assert.equal(Object.keys(pool.stored()).length, 128);
});

Deno.test("PoolWriter writes from the cache, without a read", async () => {
  const { store, ...pool } = writerFixture();
  assert.equal(await pool.claim("A"), "10.1.0.1");
  assert.equal(await pool.claim("B"), "10.1.0.2");
  assert.equal(await pool.release("A"), "released 10.1.0.1");
  assert.deepEqual(store.calls, ["read", "write", "write", "write"]);
});

Deno.test("PoolWriter takes no more than maxBatch requests into one write", async () => {
  const { store, ...pool } = writerFixture({ maxBatch: 10 });
  await Promise.all(Array.from({ length: 25 }, (_, i) => pool.claim(`a${i}`)));
  assert.equal(store.count("write"), 3);
});

Deno.test("PoolWriter reads once after a conflict for all who wait, and decides again", async () => {
  const { store, clock, ...pool } = writerFixture();
  await pool.claim("A");
  const other = pool.newWriter();
  await settled(other.claim(claimOf("X"), pool.options()));
  const outcomes = Promise.all(["B", "C", "D"].map((uid) => pool.claim(uid)));
  await clock.run(20);
  assert.deepEqual(await outcomes, ["10.1.0.3", "10.1.0.4", "10.1.0.5"]);
  assert.deepEqual(store.calls.slice(4), ["write", "read", "write"]);
});

Deno.test("PoolWriter.observe() saves the write that would conflict, and is told its own writes without harm", async () => {
  const { store, writer, ...pool } = writerFixture();
  await pool.claim("A");
  writer.observe(store.get("p").metadata.resourceVersion!);
  await pool.claim("B");
  assert.deepEqual(store.calls, ["read", "write", "write"]);
  await settled(pool.newWriter().claim(claimOf("X"), pool.options()));
  writer.observe(store.get("p").metadata.resourceVersion!);
  await pool.claim("C");
  assert.deepEqual(store.calls.slice(5), ["read", "write"]);
});

Deno.test("PoolWriter reads for a caller that judged a newer spec, or another pool of that name", async () => {
  const { store, ...pool } = writerFixture({ ips: ["10.1.0.1"] });
  await pool.claim("A");
  store.put(poolObject({ ips: ["10.1.0.9"] }, { generation: 2, status: {} }));
  assert.equal(await pool.claim("B", { generation: 2 }), "10.1.0.9");
  assert.deepEqual(store.calls, ["read", "write", "read", "write"]);
  store.put(poolObject({ ips: ["10.1.0.7"] }, { uid: "later", generation: 1 }));
  assert.equal(await pool.claim("C", { poolUid: "later" }), "10.1.0.7");
  assert.equal(await pool.claim("C", { poolUid: "earlier" }), "10.1.0.7 existing");
  assert.equal(await pool.claim("D", { poolUid: "earlier" }), "stale");
});

Deno.test("PoolWriter: a batch that cannot be decided fails alone", async () => {
  let isBroken = true;
  const { store, writer, ...pool } = writerFixture({
    reserved(family) {
      if (isBroken) throw new RangeError("not synced");
      return AddressSet.empty(family);
    },
  });
  assert.deepEqual(await Promise.all([pool.claim("A"), pool.claim("B")]), ["RangeError", "RangeError"]);
  assert.equal(writer.idle, true);
  isBroken = false;
  assert.equal(await pool.claim("A"), "10.1.0.1");
  assert.equal(store.count("write"), 1);
});

Deno.test("PoolWriter tells of freed addresses, and survives a listener that throws", async () => {
  const freed: string[] = [];
  const pool = writerFixture({
    records: one,
    onFreed(name) {
      freed.push(name);
      throw new RangeError("listener");
    },
  });
  assert.equal(await pool.release("nobody"), "released");
  assert.equal(await pool.release("A"), "released 10.1.0.1");
  assert.deepEqual(freed, ["p"]);
  assert.equal(await pool.claim("B"), "10.1.0.2");
  assert.deepEqual(pool.stored(), { "10.1.0.2": "B" });
});

Deno.test("row 46: PoolWriter hands out last what it released itself", async () => {
  const pool = writerFixture({ ips: ["10.1.0.1-10.1.0.3"] });
  for (const uid of ["A", "B"]) await pool.claim(uid);
  for (const uid of ["B", "A"]) await pool.release(uid);
  const taken = [await pool.claim("C"), await pool.claim("D"), await pool.claim("E")];
  assert.deepEqual(taken, ["10.1.0.3", "10.1.0.2", "10.1.0.1"], "the one never used, then by time of release");
});

Deno.test("row 46: PoolWriter hands out last what another agent released between two reads", async () => {
  const pool = writerFixture({ ips: ["10.1.0.1-10.1.0.3"] });
  await pool.claim("A");
  const other = pool.newWriter();
  await other.release({ kind: "release", pool: "p", podUid: "A" }, pool.options());
  pool.writer.observe(pool.store.get("p").metadata.resourceVersion!);
  assert.equal(await pool.claim("B"), "10.1.0.2");
});

Deno.test("PoolWriter goes on with records that make no sense, keeps them, and tells of them once", async () => {
  const odd = '"10.1.0.1":{"podUid":7},"x":null,"10.1.0.2":{"pod":"ns/A","podUid":"A","later":[1]}';
  const lines: string[] = [];
  const log = { ...silentLog, warn: (message: string) => lines.push(message) };
  const pool = writerFixture({ ips: ["10.1.0.1-10.1.0.3"], records: `{${odd}}`, log });
  assert.equal(await pool.claim("A"), "10.1.0.2 existing");
  assert.equal(await pool.claim("B"), "10.1.0.3");
  assert.equal(await pool.claim("C"), "refused used-out");
  pool.store.put(pool.store.get("p"));
  pool.writer.observe(pool.store.get("p").metadata.resourceVersion!);
  assert.equal(await pool.release("B"), "released 10.1.0.3");
  const { allocatedIPs = "", allocatedIPCount } = pool.store.get("p").status!;
  assert.deepEqual(JSON.parse(allocatedIPs), JSON.parse(`{${odd}}`));
  assert.equal(allocatedIPCount, 3);
  assert.equal(lines.length, 1);
});

Deno.test("PoolWriter keeps the controller's count and counts the records", async () => {
  const { store, ...pool } = writerFixture();
  store.put(
    poolObject({ ips: ["10.1.0.1-10.1.0.9"] }, { status: { allocatedIPs: one, allocatedIPCount: 7, totalIPCount: 9 } }),
  );
  await pool.claim("B");
  const { allocatedIPCount, totalIPCount } = store.get("p").status!;
  assert.deepEqual({ allocatedIPCount, totalIPCount }, { allocatedIPCount: 2, totalIPCount: 9 });
});

Deno.test("PoolWriter: a release and a claim that wait together exchange the last address", async () => {
  const pool = writerFixture({ ips: ["10.1.0.1"], records: one });
  const outcomes = await Promise.all([pool.claim("B", { want: parseAddress("10.1.0.1") }), pool.release("A")]);
  assert.deepEqual(outcomes, ["10.1.0.1", "released 10.1.0.1"]);
  assert.equal(pool.store.count("write"), 1);
});

Deno.test("PoolWriter serves everybody while hints come without end", async () => {
  const { writer, clock, ...pool } = writerFixture();
  let version = 1_000_000;
  const outcomes = Array.from({ length: 20 }, (_, i) => {
    writer.observe(String(++version));
    return pool.claim(`a${i}`);
  });
  for (let i = 0; i < 50; i++) {
    writer.observe(String(++version));
    await clock.run(0);
  }
  assert.equal(new Set(await Promise.all(outcomes)).size, 20);
});
