import assert from "node:assert/strict";
import { waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import type { FakeClock } from "../../net/base/fake_clock.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { rankNodes } from "./rendezvous.ts";
import { fakeAgent, type FakeAgentOptions, memoryNote } from "./fake_agent.ts";
import { deliversAfter } from "./fake_network.ts";
import { commitsTo, delayedCluster, type PeerCluster, peerCluster, ranked, three, TIMEOUT_MS } from "./peer_fixture.ts";

Deno.test("a committer that was started again refuses what its predecessor was asked", async () => {
  const { drive, restart, stored, clock, first, last, gate } = await delayedCluster();
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
  const { drive, stored, clock, last, gate } = await delayedCluster({
    clocks: (node, clock) => node === rankNodes("p", three)[0] ? clocks.of(clock) : undefined,
  });
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

Deno.test("an agent waits longer at its start when its predecessor had given a slow peer more time", async () => {
  const { rank, drive, network, restart, clock, store, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("u"));
  store.fail("write", async (work) => {
    await clock.sleep(3_000);
    return work();
  });
  await drive(last.claim("slow"));
  const gate = Promise.withResolvers<void>();
  network.next(first.node, deliversAfter(gate.promise));
  void last.release("u"); // may be worked on for 3 s; then it dies
  await clock.run(0);
  const diedAt = clock.now();
  void clock.sleep(2.5 * TIMEOUT_MS).then(gate.resolve);
  const successor = await restart(last.node);
  await drive(successor.claim("u"));
  assert.ok(clock.now() - diedAt >= 8 * TIMEOUT_MS);
  await clock.run(10_000);
  assert.ok(Object.values(stored()).includes("u"), "what the predecessor sent has not freed it");
  const restartedAt = clock.now();
  await restart(last.node);
  assert.ok(clock.now() - restartedAt <= 2 * TIMEOUT_MS, "the note went when it was over");
});

/** A process on the node that is the last in rank. */
function lastOf({ rank, store, network, clock }: PeerCluster, options: Partial<FakeAgentOptions>) {
  const [first, , { node }] = ranked(rank);
  const shared = { store, network, clock, monotonic: () => clock.now(), reserved: () => AddressSet.empty(4) };
  const asked = () => commitsTo(network.sent, first.node);
  return { agent: fakeAgent({ node, peers: three, ...shared, ...options }), asked };
}

Deno.test("the first agent of a node that has been up for long asks at once, the second waits", async () => {
  const cluster = await peerCluster(three);
  const { clock, drive } = cluster;
  const note = memoryNote({ keptMs: 8 * TIMEOUT_MS });
  const startedAt = clock.now();
  const first = lastOf(cluster, { note });
  await drive(first.agent.claim("u"));
  assert.deepEqual([clock.now() - startedAt, first.asked()], [0, 1]);
  const second = lastOf(cluster, { note });
  await drive(second.agent.claim("v"));
  assert.deepEqual([clock.now() - startedAt, second.asked()], [2 * TIMEOUT_MS, 2]);
});

Deno.test("what requests note while an agent waits at its start is no predecessor's", async () => {
  const cluster = await peerCluster(three);
  const { clock, drive, stored } = cluster;
  const inherited: string[] = [];
  const { agent, asked } = lastOf(cluster, { inherited });
  const prepared = agent.claims.prepare(); // as the agent does before it serves
  await clock.run(0);
  inherited.push("p"); // by an ADD, before its first claim
  const claimed = agent.claim("u");
  await drive(prepared);
  await drive(claimed);
  assert.deepEqual([Object.values(stored()), asked()], [["u"], 1]);
});

Deno.test("an agent that cannot note what it asks of others asks nobody, and writes by itself", async () => {
  const cluster = await peerCluster(three);
  const { drive, stored } = cluster;
  const write = () => {
    throw new Error("read-only");
  };
  const { agent, asked } = lastOf(cluster, { note: { read: () => undefined, write } });
  await drive(agent.claim("u"));
  await drive(agent.release("u"));
  await drive(agent.claim("v"));
  assert.deepEqual([Object.values(stored()), asked()], [["v"], 0]);
});
