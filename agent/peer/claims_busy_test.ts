import assert from "node:assert/strict";
import type { FakeClock } from "../../net/base/fake_clock.ts";
import { type Fault, losesAnswer, waitsFor } from "../../crd/ipam/fake_pool_store.ts";
import { type Hop, losesMessage, refusesConnection } from "./fake_network.ts";
import { commitsTo, peerCluster, ranked, three, TIMEOUT_MS } from "./peer_fixture.ts";

/** A write that takes so long. */
function takes(ms: number, clock: FakeClock): Fault {
  return async (work) => {
    await clock.sleep(ms);
    return work();
  };
}

/** Nodes whose agents were asked to write. */
function asked(sent: readonly string[]): readonly string[] {
  return [...new Set(sent.filter((line) => line.endsWith(" commit")).map((line) => line.split(" ")[1]!))];
}

Deno.test("a committer that answers after 3 s: no direct write, no conflict, breaker closed", async () => {
  const { rank, drive, store, stored, network, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  store.fail("write", takes(3_000, clock));
  const before = clock.now();
  const [claimed, later] = [last.claim("u"), clock.sleep(1_600).then(() => last.claim("v"))];
  assert.deepEqual(await drive(Promise.all([claimed, later])), ["10.1.0.2 existing", "10.1.0.3"]);
  assert.ok(clock.now() - before < 3_100, `${clock.now() - before} ms`);
  assert.deepEqual(Object.values(stored()), ["known", "u", "v"]);
  assert.deepEqual([store.count("write"), store.count("read")], [3, 1], "nobody else wrote");
  assert.deepEqual(asked(network.sent), [first.node]);
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

Deno.test("a committer that dies is left after about one timeout", async () => {
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, second, last] = ranked(rank);
  await drive(last.claim("known"));
  network.always(first.node, losesMessage);
  const before = clock.now();
  const claimed = last.claim("u");
  await clock.run(1.6 * TIMEOUT_MS);
  assert.equal(await drive(last.claim("v")), "10.1.0.3");
  assert.equal(commitsTo(network.sent, second.node), 1, "who comes later goes to the next in rank");
  assert.equal(await drive(claimed), "10.1.0.2");
  assert.ok(clock.now() - before <= 2 * TIMEOUT_MS, `${clock.now() - before} ms`);
  assert.deepEqual(Object.values(stored()), ["known", "u", "v"]);
});

Deno.test("100 agents and a committer that needs 2 s per write: all served by the committer", async () => {
  const nodes = Array.from({ length: 100 }, (_, i) => `n${i}`);
  const { rank, drive, store, network, clock, stored } = await peerCluster(nodes);
  const [first] = ranked(rank);
  store.fail("write", ...Array.from({ length: 40 }, () => takes(2_000, clock)));
  const before = clock.now();
  const pods = rank.flatMap((agent, i) =>
    [0, 1].map((round) => clock.sleep(37 * i + 900 * round).then(() => agent.claim(`u${i}-${round}`)))
  );
  const got = await drive(Promise.all(pods));
  assert.equal(new Set(got.map((text) => text.split(" ")[0])).size, 200, got.find((text) => !text.startsWith("10.")));
  assert.equal(Object.keys(stored()).length, 200);
  assert.equal(store.count("read"), 1, "nobody else wrote");
  assert.deepEqual(asked(network.sent), [first.node]);
  assert.ok(clock.now() - before < 15_000, `${clock.now() - before} ms`);
});

Deno.test("a committer that has died while it was slow is left after what it got at most", async () => {
  const { rank, drive, store, network, clock } = await peerCluster(three);
  const [first, second, last] = ranked(rank);
  await drive(last.claim("known"));
  store.fail("write", takes(3_000, clock));
  await drive(last.claim("u"));
  network.always(first.node, losesMessage);
  const before = clock.now();
  const claimed = last.claim("v");
  await clock.run(2.5 * TIMEOUT_MS);
  assert.equal(await drive(last.claim("w")), "10.1.0.3");
  assert.equal(commitsTo(network.sent, second.node), 1);
  assert.equal(await drive(claimed), "10.1.0.4");
  assert.ok(clock.now() - before <= 4 * TIMEOUT_MS, `${clock.now() - before} ms`);
});

Deno.test("a message that gets lost on the way to a peer that lives is sent again", async () => {
  const { rank, drive, network, clock, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, losesMessage, losesMessage);
  const before = clock.now();
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  assert.deepEqual(asked(network.sent), [first.node]);
  assert.deepEqual([commitsTo(network.sent, first.node), store.count("read")], [4, 1]);
  assert.ok(clock.now() - before <= 6.1 * TIMEOUT_MS, `${clock.now() - before} ms`);
});

Deno.test("a peer that cannot be reached in time, but lives, is asked again; nothing is in doubt", async () => {
  const { rank, drive, network, clock, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const noConnection: Hop = async () => {
    await clock.sleep(TIMEOUT_MS);
    return { kind: "refused", reason: "there was no connection in time", isSilent: true };
  };
  network.next(first.node, noConnection);
  assert.equal(await drive(last.claim("u")), "10.1.0.2");
  assert.deepEqual([asked(network.sent), store.count("read")], [[first.node], 1]);
});

Deno.test("a committer that always fails at once is asked twice, then the agent writes itself", async () => {
  const { rank, drive, network, store, clock } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.always(first.node, async (message, next) => {
    const answer = await next();
    if (message.operation === "hello") return answer;
    const { epoch, nowMs } = JSON.parse(answer.body);
    const outcomes = [{ kind: "failed", reason: "forbidden", isLate: true }];
    return { status: 200, body: JSON.stringify({ epoch, nowMs, outcomes }) };
  });
  const before = clock.now();
  assert.equal(await drive(last.claim("u")), "10.1.0.2 existing");
  assert.deepEqual([commitsTo(network.sent, first.node), clock.now()], [3, before], "late it cannot be");
  assert.equal(store.count("write"), 4, "what it may have begun is shut out");
});

Deno.test("a peer that answers greetings and nothing else is left at last: the deadline holds", async () => {
  const { rank, drive, network, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.always(first.node, (message, next) => message.operation === "hello" ? next() : losesMessage(message, next));
  const before = clock.now();
  assert.equal(await drive(last.claim("u", { deadlineMs: before + 10_000 })), "10.1.0.2");
  assert.ok(clock.now() - before <= 10_000 - TIMEOUT_MS, `${clock.now() - before} ms`);
  assert.deepEqual(Object.values(stored()), ["known", "u"]);
});

Deno.test("a committer whose write loses its answer while it is slow: the same process is asked again", async () => {
  const { rank, drive, network, store, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  store.fail("write", async (work, self) => {
    await clock.sleep(1_800);
    return await losesAnswer(work, self);
  });
  assert.equal(await drive(last.claim("u")), "10.1.0.2 existing");
  assert.equal(await drive(last.release("u")), "released 10.1.0.2");
  assert.deepEqual([Object.values(stored()), asked(network.sent)], [["known"], [first.node]]);
});

Deno.test("a caller leaves while a slow committer is waited for: its release is not answered too early", async () => {
  const { rank, drive, network, store, clock, stored } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  const gate = Promise.withResolvers<void>();
  store.fail("write", waitsFor(gate.promise));
  const caller = new AbortController();
  const claimed = last.claim("u", { signal: caller.signal });
  await clock.run(1.7 * TIMEOUT_MS); // asked again
  caller.abort(new RangeError("gone"));
  network.always(first.node, refusesConnection);
  await drive(claimed);
  assert.equal(await drive(last.release("u")), "released");
  gate.resolve();
  await clock.run(10_000);
  assert.deepEqual(Object.values(stored()), ["known"]);
});
