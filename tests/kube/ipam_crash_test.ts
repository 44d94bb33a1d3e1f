import assert from "node:assert/strict";
import { addressesOf, type Agent, Cluster, turn } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const dual = { defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] };

/** What the first ADD of an agent asks the API server for, of a Pod that came after it had started. */
const steps = [
  "get spiderippools",
  "get spiderippools",
  "update spiderippools/status",
  "update spiderippools/status",
  "create spiderendpoints",
];
const lastStep = steps.length - 1;

testIpam("the steps of an ADD are those that the tests below break at", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await turn();
  await agent.add({ podName: "p", podUID, ...dual });
  assert.deepEqual(agent.connection.requests, steps);
}, { onlyEmbedded: true });

/** Kills an agent at a step of its ADD. Requests beside the steps do not count: a real API server's watch may be late. */
async function killedAt(cluster: Cluster, { index, when }: { index: number; when: "kill-before" | "kill-after" }) {
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  let step = -1;
  agent.connection.decide = (operation) => steps.includes(operation) && ++step === index ? when : undefined;
  void agent.startAdd({ podName: "p", podUID, ...dual });
  await agent.connection.killed;
  await agent.kill();
  await cluster.refresh();
  return { podUID, journal: agent.journal, held: cluster.held() };
}

for (const [index, operation] of steps.entries()) {
  for (const when of ["kill-before", "kill-after"] as const) {
    const onlyEmbedded = operation.startsWith("get "); // what was not written is the same to every server
    const name = `killed ${when === "kill-before" ? "before" : "after"} request ${index} (${operation})`;

    testIpam(`${name}: the retry of the ADD keeps what was claimed, and nothing leaks`, async () => {
      await using cluster = await Cluster.start();
      const { podUID, journal, held } = await killedAt(cluster, { index, when });
      const next = await cluster.agent({ journal });
      await next.add({ podName: "q", podUID: await cluster.pod("q"), ...dual }); // would take what was free
      const answer = addressesOf(await next.add({ podName: "p", podUID, containerID: "c2", ...dual }));
      const mine = cluster.held().filter((text) => text.includes("ns1/p "));
      assert.deepEqual(held.filter((text) => !mine.includes(text)), []);
      assert.deepEqual(mine.map((text) => text.split(" ")[1]), answer.map((text) => text.split(/[ /]/)[1]));
      assert.equal(mine.length, 2);
      assert.deepEqual(await journal.list(), []);
      assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 1);
    }, { onlyEmbedded });

    testIpam(`${name}, then the Pod goes: the next agent frees everything by itself`, async () => {
      await using cluster = await Cluster.start();
      const { journal } = await killedAt(cluster, { index, when });
      await cluster.removePod("p");
      await cluster.agent({ journal });
      await cluster.until("the journal is empty", async () => (await journal.list()).length === 0);
      if (cluster.endpoint("p") === undefined) assert.deepEqual(cluster.held(), []);
      else assert.equal(cluster.held().length, 2, "the endpoint was written: DEL or garbage collection frees it");
      assert.deepEqual(await journal.list(), []);
    }, { onlyEmbedded });
  }
}

testIpam(
  "an entry of a living Pod whose runtime gives up is kept, and freed by its DEL after the Pod's end",
  async () => {
    await using cluster = await Cluster.start();
    const { podUID, journal } = await killedAt(cluster, { index: lastStep, when: "kill-before" });
    const next = await cluster.agent({ journal });
    await cluster.advance(120_000);
    assert.equal(cluster.held().length, 2);
    await cluster.terminate("p");
    await next.del({ podName: "p", podUID });
    assert.deepEqual([cluster.held(), await journal.list()], [[], []]);
  },
  { onlyEmbedded: true },
);

testIpam("row 52: after a crash the retry takes the pool first in which the Pod holds a record already", async () => {
  await using cluster = await Cluster.start();
  const { podUID, journal } = await killedAt(cluster, { index: lastStep, when: "kill-before" });
  const next = await cluster.agent({ journal });
  const both = { defaultIPv4IPPool: ["v4b", "v4a"] };
  assert.deepEqual(await next.addresses({ podName: "p", podUID, ...both }), ["eth0 10.1.0.10/24 v4a"]);
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"], "IPv6 is not asked for any more");
});

testIpam("a retry that is refused gives back what the crashed ADD had claimed", async () => {
  await using cluster = await Cluster.start();
  const { podUID, journal } = await killedAt(cluster, { index: lastStep, when: "kill-before" });
  const next = await cluster.agent({ journal });
  const want = 'Cannot allocate addresses: IPPool "nope" of the CNI configuration does not exist';
  assert.equal(await next.refusal({ podName: "p", podUID, defaultIPv4IPPool: ["nope"] }), want);
  assert.deepEqual([cluster.held(), await journal.list()], [[], []]);
});

for (const [index, operation] of steps.entries()) {
  testIpam(
    `the caller hangs up during request ${index} (${operation}): what was taken is given back, or the ADD stands`,
    async () => {
      await using cluster = await Cluster.start();
      const agent = await cluster.agent();
      const podUID = await cluster.pod("p");
      await turn();
      const caller = new AbortController();
      agent.connection.decide = (_, at) => {
        if (at === index) caller.abort(new Error("the caller has gone"));
        return undefined;
      };
      const added = agent.startAdd({ podName: "p", podUID, ...dual }, caller.signal);
      const [outcome] = await cluster.drive(Promise.allSettled([added]));
      if (operation === "create spiderendpoints") {
        assert.equal(outcome.status, "fulfilled", "a write on its way is finished");
        assert.equal(cluster.held().length, 2);
      } else {
        assert.equal(outcome.status === "rejected" && String(outcome.reason), "Error: the caller has gone");
        assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
      }
      assert.deepEqual(await agent.journal.list(), []);
      assert.equal((await retried(agent, podUID)).length, 2);
      assert.equal(cluster.held().length, 2);
    },
    { onlyEmbedded: true },
  );
}

function retried(agent: Agent, podUID: string): Promise<string[]> {
  agent.connection.decide = undefined;
  return agent.addresses({ podName: "p", podUID, containerID: "c2", ...dual });
}
