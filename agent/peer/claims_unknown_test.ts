import assert from "node:assert/strict";
import { waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import { breaksAndDelivers, deliversAfter, losesMessage, losesReply, refusesConnection } from "./fake_network.ts";
import { delayedCluster, peerCluster, ranked, three, TIMEOUT_MS } from "./peer_fixture.ts";

Deno.test("PeerClaims after a lost message: waits until it is over, then answers with a write of its own", async () => {
  const { rank, drive, network, clock, stored, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.always(first.node, losesMessage);
  const before = clock.now();
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  assert.ok(clock.now() - before >= TIMEOUT_MS);
  assert.ok(clock.now() - before <= 2 * TIMEOUT_MS, "one short timeout");
  assert.deepEqual(stored(), { "10.1.0.1": "known", "10.1.0.2": "u" });
  assert.equal(store.count("write"), 2);
});

Deno.test("a committer that dies after its write and before its answer: the Pod gets the same address", async () => {
  const { rank, drive, network, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  network.next(first.node, losesReply);
  const claimed = last.claim("u");
  network.always(first.node, refusesConnection);
  assert.equal(await drive(claimed), "10.1.0.1");
  network.always(first.node, undefined);
  network.next(first.node, losesReply);
  const other = await peerCluster(three);
  const [theFirst, , asking] = ranked(other.rank);
  await other.drive(asking.claim("x"));
  other.network.next(theFirst.node, losesReply);
  assert.equal(await other.drive(asking.claim("u")), "10.1.0.2 existing");
  assert.deepEqual(other.stored(), { "10.1.0.1": "x", "10.1.0.2": "u" });
  assert.deepEqual(stored(), { "10.1.0.1": "u" });
});

Deno.test("partition with late delivery: a claim that comes late is refused, and leaves no record", async () => {
  const { drive, clock, stored, last, gate } = await delayedCluster();
  await drive(last.claim("u"));
  await drive(last.release("u"));
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
});

Deno.test("partition with late delivery: a release that comes late does not free what the Pod claimed later", async () => {
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("u"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  await drive(last.release("u"));
  await drive(last.claim("u"));
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["u"]);
});

Deno.test("other Pods of the pool do not wait for a doubt about one", async () => {
  const { rank, drive, network, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, losesReply);
  const inDoubt = last.claim("u");
  await clock.run(0);
  const before = clock.now();
  await drive(last.claim("v"));
  assert.equal(clock.now(), before);
  await drive(inDoubt);
});

Deno.test("a connection that breaks: nothing is asked before the peer's time is over", async () => {
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, breaksAndDelivers(gate.promise));
  const claimed = last.claim("u");
  await clock.run(TIMEOUT_MS / 2);
  gate.resolve();
  assert.equal(await drive(claimed), "10.1.0.2 existing");
  await drive(last.release("u"));
  assert.deepEqual(Object.values(stored()), ["known"]);
});

Deno.test("a write of a committer that nobody hears of again is shut out, though nothing is held", async () => {
  const { rank, drive, store, clock, stored } = await peerCluster(three);
  const [, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise));
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await clock.run(1.2 * TIMEOUT_MS);
  caller.abort(new RangeError("gone"));
  await drive(claimed);
  assert.equal(await drive(last.release("u")), "released");
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["known"]);
});

Deno.test("two agents that disagree on who is committer: every address has one owner", async () => {
  const nodes = ["n1", "n2", "n3", "n4"];
  const knows = { n1: ["n1", "n2"], n2: ["n1", "n2"], n3: ["n3", "n4"], n4: ["n3", "n4"] };
  const { agents, drive, stored, store } = await peerCluster(nodes, { knows });
  const pods = Array.from({ length: 80 }, (_, i) => `u${i}`);
  const got = await drive(Promise.all(pods.map((uid, i) => agents.get(nodes[i % 4]!)!.claim(uid))));
  assert.equal(new Set(got).size, 80);
  assert.deepEqual(Object.values(stored()).sort(), pods.toSorted());
  assert.ok(store.count("read") > 1, "they met in a conflict");
});
