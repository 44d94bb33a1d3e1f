import assert from "node:assert/strict";
import { silentLog } from "../../net/base/log.ts";
import { parseAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { delays, losesAnswer, losesRequest, poolObject, refuses, waitsFor } from "./fake_pool_store.ts";
import { DeadlineError } from "./requests.ts";
import { claimOf, settled, type WriterFixture, writerFixture } from "./writer_fixture.ts";

const one = '{"10.1.0.1":{"pod":"ns/A","podUid":"A"}}';

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

Deno.test("PoolWriter: a quarantine whose answer was lost is found done, and lasts no longer", async () => {
  const pool = writerFixture({ records: '{"10.1.0.1":{"pod":"ns/A","podUid":"A"}}' });
  pool.store.fail("write", losesAnswer);
  const outcome = pool.quarantine("A", { addresses: [{ address: "10.1.0.1" }] });
  await pool.clock.run(100);
  assert.equal(await outcome, "quarantined 10.1.0.1");
  assert.deepEqual(pool.stored(), { "10.1.0.1": "quarantine:1970-01-01T00:10:01Z" });
  assert.equal(await pool.claim("A"), "10.1.0.2");
});

Deno.test("PoolWriter: a quarantine in a pool that is gone is no work", async () => {
  const pool = writerFixture();
  pool.store.delete("p");
  assert.equal(await pool.quarantine("A", { addresses: [{ address: "10.1.0.1" }] }), "quarantined");
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

/** A claim of `podUid` whose write is still on its way, and whose caller has gone. */
function loseClaim(pool: WriterFixture, podUid: string): Promise<void> {
  return lose(pool, (options) => pool.claim(podUid, { options }));
}

/** The same with a release. */
function loseRelease(pool: WriterFixture, podUid: string): Promise<void> {
  return lose(pool, (options) => pool.release(podUid, { options }));
}

/** Sends a write that may land later, and hangs up. */
async function lose(
  { store, clock }: WriterFixture,
  ask: (options: { signal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  store.fail("write", delays);
  const caller = new AbortController();
  const outcome = ask({ signal: caller.signal });
  await clock.run(0);
  caller.abort(new RangeError("hung up"));
  await outcome;
  await clock.run(1000);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
