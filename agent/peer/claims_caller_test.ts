import assert from "node:assert/strict";
import { delays, refuses, waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import { breaksAndDelivers, deliversAfter, losesReply, refusesConnection } from "./fake_network.ts";
import { commitsTo, delayedCluster, peerCluster, ranked, someTurns, three, TIMEOUT_MS } from "./peer_fixture.ts";

Deno.test("a claim whose caller left is waited for once it was sent: what it holds is known", async () => {
  const { drive, stored, last, gate } = await delayedCluster();
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await someTurns();
  caller.abort(new Error("gone"));
  gate.resolve();
  assert.equal(await drive(claimed), "10.1.0.2");
  assert.deepEqual(stored(), { "10.1.0.1": "known", "10.1.0.2": "u" });
});

Deno.test("a claim whose caller left before it was sent is never sent", async () => {
  const { rank, drive, network, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise), deliversAfter(gate.promise));
  const busy = [last.claim("a")];
  await someTurns();
  busy.push(last.claim("b"));
  await someTurns();
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await someTurns();
  caller.abort(new RangeError("gone"));
  assert.equal(await claimed, "RangeError");
  gate.resolve();
  await drive(Promise.all(busy));
  assert.deepEqual(Object.values(stored()), ["known", "a", "b"]);
  assert.equal(commitsTo(network.sent, first.node), 3);
});

Deno.test("a caller that leaves while its outcome is unknown is told at once; its release waits", async () => {
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, losesReply);
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await clock.run(0);
  caller.abort(new RangeError("gone"));
  assert.equal(await claimed, "RangeError");
  const sentAt = clock.now();
  assert.equal(await drive(last.release("u")), "released 10.1.0.2");
  assert.ok(clock.now() - sentAt >= TIMEOUT_MS);
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
});

Deno.test("a committer that stalls in its write does not write again for a caller that has gone on", async () => {
  const { rank, drive, network, store, clock, stored } = await peerCluster(three);
  const [, second, last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise)); // on its way to the API server for a long time
  const claimed = drive(last.claim("u"));
  await claimed;
  await drive(last.release("u"));
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
  assert.equal(commitsTo(network.sent, second.node), 0, "it lives: nobody else is asked for it");
  const writes = store.count("write");
  gate.resolve(); // a conflict: the committer reads again, and finds that the request is over
  await clock.run(10_000);
  assert.deepEqual([stored(), store.count("write")], [{ "10.1.0.1": "known" }, writes]);
});

Deno.test("a committer that hears of the hang-up does not begin a write", async () => {
  const { rank, drive, network, store, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  network.tellsHangUp = true;
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise));
  const busy = first.claim("busy");
  await clock.run(0);
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await clock.run(1.2 * TIMEOUT_MS);
  caller.abort(new RangeError("gone"));
  assert.equal(await drive(claimed), "RangeError");
  gate.resolve();
  await drive(busy);
  await clock.run(10_000);
  assert.equal(store.count("write"), 2);
});

Deno.test("a caller leaves while its claim may still be taken up: its release is answered after that, with a write", async () => {
  const { rank, drive, network, store, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const [delivery, landing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  network.next(first.node, breaksAndDelivers(delivery.promise));
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await clock.run(10);
  caller.abort(new RangeError("gone"));
  assert.equal(await claimed, "RangeError");
  assert.equal(await drive(last.claim("v")), "10.1.0.2", "another writer moves the pool on");
  store.fail("write", refuses(409), waitsFor(landing.promise)); // the committer reads, and writes again
  delivery.resolve();
  await clock.run(0.5 * TIMEOUT_MS);
  assert.equal(store.count("write"), 4, "that write is under way");
  assert.equal(await drive(last.release("u")), "released");
  landing.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["known", "v"]);
});

/** The committer's write of `u` is delayed, it cannot read the pool again, and will give `u` up. */
async function givingUp() {
  const cluster = await peerCluster(three, { ips: ["10.1.0.1-10.1.0.2"] });
  const { rank, drive, store, clock, prepared } = cluster;
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const replaceFirst = await prepared(first.node);
  store.fail("write", delays);
  store.fail("read", ...Array.from({ length: 1000 }, () => refuses(429)));
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  while (store.count("write") < 2) await clock.run(0);
  return { ...cluster, first, last, caller, claimed, replaceFirst };
}

Deno.test("a caller leaves after the committer gave its claim up: a write of that is shut out", async () => {
  const { drive, store, clock, stored, network, first, last, caller, claimed } = await givingUp();
  network.next(first.node, refusesConnection); // asked again, in vain
  while (commitsTo(network.sent, first.node) < 3) await clock.run(10);
  caller.abort(new RangeError("gone"));
  assert.equal(await drive(claimed), "RangeError");
  store.heal();
  assert.equal(await drive(last.release("u")), "released");
  store.land();
  assert.deepEqual(Object.values(stored()), ["known"]);
});

Deno.test("a committer that gave a claim up and was started again is not asked about it", async () => {
  const { drive, store, stored, clock, network, first, last, claimed, replaceFirst, reserve } = await givingUp();
  await clock.run(TIMEOUT_MS / 2);
  replaceFirst();
  reserve("10.1.0.2");
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  while (commitsTo(network.sent, first.node) < 3) await clock.run(10);
  store.heal(); // the new process reads the pool before that write is done
  gate.resolve();
  assert.equal(await drive(claimed), "refused used-out");
  assert.equal(await drive(last.release("u")), "released");
  store.land();
  assert.deepEqual(Object.values(stored()), ["known"]);
});
