import assert from "node:assert/strict";
import { repeats } from "./fake_network.ts";
import { peerCluster, ranked, three } from "./peer_fixture.ts";

const copies = [
  { name: "at once", afterMs: undefined },
  { name: "after its answer", afterMs: 200 },
];
for (const { name, afterMs } of copies) {
  Deno.test(`a release that is delivered twice, ${name}, does not free what the Pod claimed later`, async () => {
    const { rank, drive, network, clock, stored } = await peerCluster(three);
    const [first, , last] = ranked(rank);
    await drive(last.claim("u"));
    network.next(first.node, repeats(clock, afterMs));
    assert.equal(await drive(last.release("u")), "released 10.1.0.1");
    await drive(last.claim("u"));
    await clock.run(10_000);
    assert.deepEqual(Object.values(stored()), ["u"]);
  });

  Deno.test(`a claim that is delivered twice, ${name}, leaves nothing when it was released`, async () => {
    const { rank, drive, network, clock, stored } = await peerCluster(three);
    const [first, , last] = ranked(rank);
    await drive(last.claim("known"));
    network.next(first.node, repeats(clock, afterMs));
    assert.equal(await drive(last.claim("u")), "10.1.0.2");
    assert.equal(await drive(last.release("u")), "released 10.1.0.2");
    await clock.run(10_000);
    assert.deepEqual(Object.values(stored()), ["known"]);
  });
}

Deno.test("who gets the answer to a copy knows nothing of what became of the message", async () => {
  const { rank, drive, network, stored, store } = await peerCluster(three);
  const [first, , last] = ranked(rank);
  await drive(last.claim("known"));
  network.next(first.node, async (_message, next) => {
    void next();
    return await next();
  });
  assert.equal(await drive(last.claim("u")), "10.1.0.2 existing");
  assert.deepEqual([Object.values(stored()), store.count("write")], [["known", "u"], 4]);
});
