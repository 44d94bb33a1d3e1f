import assert from "node:assert/strict";
import { answers, type Hop, refusesConnection } from "./fake_network.ts";
import { commitsTo, peerCluster, ranked, three, TIMEOUT_MS } from "./peer_fixture.ts";

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
