import assert from "node:assert/strict";
import { delays, refuses, waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import type { FakeClock } from "../../net/base/fake_clock.ts";
import {
  answers,
  breaksAndDelivers,
  deliversAfter,
  type FakeAgent,
  type Hop,
  losesMessage,
  losesReply,
  peerCluster,
  refusesConnection,
  TIMEOUT_MS,
} from "./peer_fixture.ts";
import { rankNodes } from "./rendezvous.ts";

const three = ["n1", "n2", "n3"];

/** The agents by rank for the pool. */
function ranked([first, second, last]: readonly FakeAgent[]): [FakeAgent, FakeAgent, FakeAgent] {
  assert.ok(first !== undefined && second !== undefined && last !== undefined);
  return [first, second, last];
}

function commitsTo(sent: readonly string[], node: string): number {
  return sent.filter((line) => line.endsWith(` ${node} commit`)).length;
}

Deno.test("PeerClaims hands requests to the first in rank, whose writes all agents share", async () => {
  const { rank, drive, store, stored, network } = await peerCluster(three);
  const [first] = ranked(rank);
  const pods = Array.from({ length: 30 }, (_, i) => `u${i}`);
  const got = await drive(Promise.all(pods.map((uid, i) => rank[i % 3]!.claim(uid))));
  assert.equal(new Set(got).size, 30);
  assert.deepEqual(Object.values(stored()).sort(), pods.toSorted());
  assert.ok(store.count("write") <= 4, `${store.count("write")} writes`);
  assert.equal(store.count("read"), 1);
  assert.ok(network.sent.every((line) => line.split(" ")[1] === first.node));
  assert.ok(commitsTo(network.sent, first.node) <= 4, "what waits goes out together");
});

Deno.test("PeerClaims of an agent that is alone, or first in rank, sends nothing", async () => {
  const alone = await peerCluster(["n1"]);
  assert.equal(await alone.drive(alone.rank[0]!.claim("u")), "10.1.0.1");
  const { rank, drive, network } = await peerCluster(three);
  assert.equal(await drive(rank[0]!.claim("u")), "10.1.0.1");
  assert.deepEqual([alone.network.sent, network.sent], [[], []]);
});

Deno.test("PeerClaims does everything itself while it knows nobody", async () => {
  const { rank, drive, network } = await peerCluster(three, { knows: { n1: [], n2: [], n3: [] } });
  const got = await drive(Promise.all(rank.map((agent) => agent.claim(agent.node))));
  assert.equal(new Set(got).size, 3);
  assert.deepEqual(network.sent, []);
});

Deno.test("PeerClaims releases at the committer", async () => {
  const { rank, drive, stored } = await peerCluster(three);
  const [, , last] = ranked(rank);
  await drive(last.claim("u"));
  assert.equal(await drive(last.release("u")), "released 10.1.0.1");
  assert.equal(await drive(last.release("u")), "released");
  assert.deepEqual(stored(), {});
});

const definite: { name: string; hop: Hop }[] = [
  { name: "whose port is closed", hop: refusesConnection },
  { name: "that is upstream's agent and knows no such path", hop: answers(404) },
  { name: "of an older version", hop: answers(406) },
  { name: "that takes our token for a stranger's", hop: answers(401) },
  { name: "that forbids it", hop: answers(403) },
  { name: "that has too much to do", hop: answers(429) },
  { name: "that is not ready", hop: answers(503) },
];
for (const { name, hop } of definite) {
  Deno.test(`PeerClaims asks the next in rank at once instead of a peer ${name}`, async () => {
    const { rank, drive, network, clock } = await peerCluster(three);
    const [first, second, last] = ranked(rank);
    network.always(first.node, hop);
    const before = clock.now();
    assert.equal(await drive(last.claim("u")), "10.1.0.1");
    assert.equal(clock.now(), before, "nothing is waited for");
    assert.equal(commitsTo(network.sent, second.node), 1);
    network.sent.length = 0;
    await drive(Promise.all(["v", "w"].map((uid) => last.claim(uid))));
    assert.equal(network.sent.filter((line) => line.includes(` ${first.node} `)).length, 0, "it is left out");
  });
}

Deno.test("PeerClaims greets a peer again that has forgotten it, and goes on", async () => {
  const { rank, drive, network, clock } = await peerCluster(three);
  const [first, second, last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, answers(401));
  const before = clock.now();
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  assert.deepEqual([clock.now(), commitsTo(network.sent, second.node)], [before, 0]);
});

Deno.test("PeerClaims leaves a peer out that refuses although it was greeted again", async () => {
  const { rank, drive, network } = await peerCluster(three);
  const [first, second, last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, answers(401), answers(401));
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  await drive(last.claim("v"));
  assert.deepEqual([commitsTo(network.sent, first.node), commitsTo(network.sent, second.node)], [3, 2]);
});

Deno.test("PeerClaims goes back to a peer that answers again, after a greeting that no request waits for", async () => {
  const { rank, drive, network, clock } = await peerCluster(three);
  const [first, second, last] = ranked(rank);
  network.always(first.node, refusesConnection);
  await drive(last.claim("u"));
  network.always(first.node, undefined);
  network.sent.length = 0;
  await drive(last.claim("v"));
  assert.equal(commitsTo(network.sent, first.node), 0);
  await clock.run(1_000);
  await drive(last.claim("w"));
  assert.deepEqual([commitsTo(network.sent, first.node), commitsTo(network.sent, second.node)], [0, 2]);
  await clock.run(0);
  await drive(last.claim("x"));
  assert.equal(commitsTo(network.sent, first.node), 1);
});

Deno.test("PeerClaims asks two peers at most, then writes itself", async () => {
  const { rank, drive, network, store } = await peerCluster(["n1", "n2", "n3", "n4"]);
  const last = rank[3]!;
  for (const { node } of rank.slice(0, 3)) network.always(node, refusesConnection);
  assert.equal(await drive(last.claim("u")), "10.1.0.1");
  assert.deepEqual(network.sent.length, 2);
  assert.equal(store.count("write"), 1);
});

Deno.test("PeerClaims after a lost message: waits until it is over, then answers with a write of its own", async () => {
  const { rank, drive, network, clock, stored, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  network.next(first.node, losesMessage);
  const before = clock.now();
  assert.equal(await drive(last.claim("u")), "10.1.0.1");
  assert.ok(clock.now() - before >= TIMEOUT_MS);
  assert.ok(clock.now() - before <= 2 * TIMEOUT_MS, "one short timeout");
  assert.deepEqual(stored(), { "10.1.0.1": "u" });
  assert.equal(store.count("write"), 1);
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
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
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

Deno.test("a claim whose caller left is waited for once it was sent: what it holds is known", async () => {
  const { rank, drive, network, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
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

Deno.test("a committer that stalls in its write does not write again for a caller that has gone on", async () => {
  const { rank, drive, network, store, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise)); // on its way to the API server for a long time
  const claimed = drive(last.claim("u"));
  await claimed;
  await drive(last.release("u"));
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
  gate.resolve(); // a conflict: the committer reads again, and finds that the request is over
  await clock.run(10_000);
  assert.deepEqual(stored(), { "10.1.0.1": "known" });
  assert.equal(commitsTo(network.sent, first.node), 2);
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

Deno.test("a committer that was started again refuses what its predecessor was asked", async () => {
  const { rank, drive, network, restart, stored, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  const claimed = last.claim("u");
  await clock.run(0);
  const restarted = restart(first.node);
  await drive(restarted);
  gate.resolve();
  await drive(claimed);
  assert.deepEqual(Object.values(stored()), ["known", "u"]);
});

Deno.test("a restarted committer's new clock is taken over without a detour", async () => {
  const { rank, drive, network, restart, clock, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  await restart(first.node);
  const [before, writes] = [clock.now(), store.count("write")];
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  assert.equal(clock.now(), before);
  assert.equal(store.count("write"), writes + 1);
  assert.equal(commitsTo(network.sent, first.node), 3, "once refused, once done");
});

/** Clocks of one agent that a test can set, and stop. */
class Clocks {
  wallMs = 0;
  /** Since when the monotonic clock stands still. */
  #stoppedAt: number | undefined;
  #lostMs = 0;
  #clock: FakeClock | undefined;

  of(clock: FakeClock) {
    this.#clock = clock;
    return {
      clock: {
        now: () => clock.now() + this.wallMs,
        sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
      },
      monotonic: () => (this.#stoppedAt ?? clock.now()) - this.#lostMs,
    };
  }

  suspend(): void {
    this.#stoppedAt = this.#clock!.now();
  }

  resume(): void {
    this.#lostMs += this.#clock!.now() - this.#stoppedAt!;
    this.#stoppedAt = undefined;
  }
}

for (const stepMs of [-3_600_000, -5_000, 5_000, 3_600_000]) {
  Deno.test(`clock steps: somebody sets the committer's clock by ${stepMs} ms while it writes`, async () => {
    const clocks = new Clocks();
    const { rank, drive, store, stored, clock } = await peerCluster(three, { clocks: (_, clock) => clocks.of(clock) });
    const [first, , last] = ranked(rank);
    await drive(last.claim("known"));
    const gate = Promise.withResolvers<void>();
    store.fail("write", waitsFor(gate.promise));
    const claimed = last.claim("u");
    await clock.run(10);
    clocks.wallMs = stepMs;
    await drive(claimed);
    await drive(last.release("u", { deadlineMs: Infinity }));
    gate.resolve();
    await clock.run(10_000);
    assert.deepEqual(Object.values(stored()), ["known"]);
    assert.match(await drive(first.claim("v", { deadlineMs: Infinity })), /^10\.1\.0\./);
  });
}

Deno.test("a committer that was suspended with a request at its door works on nothing of the time before", async () => {
  const clocks = new Clocks();
  const { rank, drive, network, stored, clock } = await peerCluster(three, {
    clocks: (node, clock) => node === rankNodes("p", three)[0] ? clocks.of(clock) : undefined,
  });
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  const claimed = last.claim("u");
  await clock.run(0);
  clocks.suspend();
  await drive(claimed);
  await drive(last.release("u"));
  clocks.resume();
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["known"]);
});

Deno.test("an agent whose own writer has lost an answer asks no peer about the pool", async () => {
  const { rank, drive, network, stored } = await peerCluster(three);
  const [, , last] = ranked(rank);
  await drive(last.claim("u"));
  network.sent.length = 0;
  last.own.distrust("p");
  assert.equal(await drive(last.claim("u")), "10.1.0.1 existing");
  assert.deepEqual(network.sent, []);
  await drive(last.claim("v"));
  assert.equal(network.sent.length, 1, "its own write has shut the lost one out");
  assert.equal(Object.keys(stored()).length, 2);
});

Deno.test("an agent asks and writes nothing until what its predecessor asked for is over", async () => {
  const { rank, drive, network, restart, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("u"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  void last.release("u"); // then it dies
  await clock.run(0);
  const diedAt = clock.now();
  const successor = await restart(last.node);
  await drive(successor.release("u"));
  await drive(successor.claim("u"));
  assert.ok(clock.now() - diedAt >= 2 * TIMEOUT_MS);
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["u"]);
});

Deno.test("a slow committer is asked again and given more time, so that not everybody writes for itself", async () => {
  const { rank, drive, store, network, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  store.fail("write", ...gates.map(({ promise }) => waitsFor(promise)));
  void first.claim("busy");
  await clock.run(0);
  const claimed = last.claim("u");
  await clock.run(1.2 * TIMEOUT_MS);
  void first.claim("busy too");
  gates[0]!.resolve(); // the write in front took longer than the request may wait
  await clock.run(1.2 * TIMEOUT_MS);
  gates[1]!.resolve();
  assert.match(await drive(claimed), /^10\.1\.0\./);
  assert.equal(commitsTo(network.sent, first.node), 3);
  assert.equal(store.count("read"), 1, "nobody else wrote");
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

const nonsense = ["", "[]", "{}", '{"epoch":"e","nowMs":1,"outcomes":[]}', '{"epoch":"e","nowMs":1,"outcomes":[{}]}'];
for (const body of [...nonsense, '{"epoch":"e","nowMs":1,"outcomes":[{"kind":"released","addresses":[]}]}']) {
  Deno.test(`PeerClaims takes the answer ${JSON.stringify(body)} to a claim for none`, async () => {
    const { rank, drive, network, stored } = await peerCluster(three);
    const [first, , last] = ranked(rank);
    await drive(last.claim("known"));
    network.next(first.node, answers(200, body));
    assert.equal(await drive(last.claim("u")), "10.1.0.2");
    assert.deepEqual(Object.values(stored()), ["known", "u"]);
  });
}

Deno.test("a request with little time left is not sent", async () => {
  const { rank, drive, network, clock } = await peerCluster(three);
  const [, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.sent.length = 0;
  assert.equal(await drive(last.claim("u", { deadlineMs: clock.now() + TIMEOUT_MS })), "10.1.0.2");
  assert.deepEqual(network.sent, []);
});

/** Lets promises go on that wait for nothing else. */
async function someTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
