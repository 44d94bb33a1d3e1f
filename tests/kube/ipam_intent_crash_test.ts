import assert from "node:assert/strict";
import { type Agent, type Body, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4a = { ippool: '{"ipv4":["v4a"]}' };
const v4b = { ippool: '{"ipv4":["v4b"]}' };

/** What the ADD asks the API server for when the Pod of a StatefulSet starts with another pool than before. */
const steps = [
  "get spiderendpoints",
  "get pods",
  "get spiderippools",
  "update spiderippools/status",
  "get spiderippools",
  "get pods",
  "update spiderendpoints",
  "get spiderippools",
  "update spiderippools/status",
];

interface Killed {
  readonly cluster: Cluster;
  readonly journal: Agent["journal"];
  readonly owner: Body;
  readonly podUID: string;
}

/** Pod `db-0` had an address of v4a, and is made anew with v4b named. @returns an agent that has done nothing for it yet */
async function madeAnew(cluster: Cluster): Promise<{ agent: Agent; owner: Body; podUID: string }> {
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const before = await cluster.agent();
  await before.add({ podName: "db-0", podUID: await cluster.pod("db-0", { annotations: v4a, owner }) });
  await before.stop();
  await cluster.removePod("db-0");
  const agent = await cluster.agent();
  const podUID = await cluster.pod("db-0", { annotations: v4b, owner });
  await cluster.advance(0);
  return { agent, owner, podUID };
}

/** Kills the agent at a step of the ADD that gives `db-0` an address of v4b. Requests beside the steps do not count. */
async function killedAt(cluster: Cluster, at: { index: number; when: "kill-before" | "kill-after" }): Promise<Killed> {
  const { agent, owner, podUID } = await madeAnew(cluster);
  let step = -1;
  agent.connection.decide = (operation) => steps.includes(operation) && ++step === at.index ? at.when : undefined;
  void agent.startAdd({ podName: "db-0", podUID });
  await agent.connection.killed;
  await agent.kill();
  return { cluster, journal: agent.journal, owner, podUID };
}

/** Waits until the agent has cleaned up what another one left. */
async function cleanedUp(cluster: Cluster, journal: Killed["journal"]): Promise<void> {
  await cluster.advance(60_000);
  await cluster.until("the journal is empty", async () => (await journal.list()).length === 0);
  assert.deepEqual(await journal.list(), []);
}

testIpam("the steps of an ADD that changes the pool are those that the tests below break at", async () => {
  await using cluster = await Cluster.start();
  const { agent, podUID } = await madeAnew(cluster);
  await agent.add({ podName: "db-0", podUID });
  assert.deepEqual(agent.connection.requests, steps);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/db-0 eth0"]);
}, { onlyEmbedded: true }); // a real API server's watch may be late: then there are more

for (const [index, operation] of steps.entries()) {
  const onlyEmbedded = index !== 3; // what was not written is the same to every server, later steps are made up for by and by
  for (const when of ["kill-before", "kill-after"] as const) {
    const name = `killed ${when === "kill-before" ? "before" : "after"} request ${index} (${operation}) of a change`;

    testIpam(`${name}: the retry has the new pool, and nothing of the old one stays`, async () => {
      await using cluster = await Cluster.start();
      const { journal, podUID } = await killedAt(cluster, { index, when });
      const next = await cluster.agent({ journal });
      assert.deepEqual(await next.addresses({ podName: "db-0", podUID }), ["eth0 10.2.0.10/24 v4b"]);
      await cleanedUp(cluster, journal);
      assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/db-0 eth0"]);
    }, { onlyEmbedded });

    testIpam(`${name}, then the Pod goes: its name keeps one address, the endpoint's`, async () => {
      await using cluster = await Cluster.start();
      const { journal, podUID } = await killedAt(cluster, { index, when });
      await cluster.removePod("db-0");
      const next = await cluster.agent({ journal });
      await next.del({ podName: "db-0", podUID });
      await cleanedUp(cluster, journal);
      const listed = cluster.endpoint("db-0")?.status?.current.ips.map(({ ipv4, ipv4Pool }) => `${ipv4Pool} ${ipv4}`);
      assert.deepEqual(cluster.held().map((text) => text.replace(" ns1/db-0 eth0", "/24")), listed);
    }, { onlyEmbedded });
  }
}

testIpam(
  "the DEL of a name at its end frees what an incarnation left that died before it wrote the endpoint",
  async () => {
    await using cluster = await Cluster.start();
    const owner = await cluster.statefulSet("db", { replicas: 1 });
    const agent = await cluster.agent();
    const first = await cluster.pod("db-0", { annotations: v4a, owner });
    await agent.add({ podName: "db-0", podUID: first });
    await cluster.removePod("db-0");
    await agent.del({ podName: "db-0", podUID: first });
    const second = await cluster.pod("db-0", { annotations: v4a, owner });
    await cluster.advance(0);
    agent.connection.decide = (operation) => operation === "update spiderendpoints" ? "kill-before" : undefined;
    void agent.startAdd({ podName: "db-0", podUID: second });
    await agent.connection.killed;
    await agent.kill();
    await cluster.refresh();
    assert.equal(cluster.records("v4a")["10.1.0.10"]?.podUid, second, "re-owned, and the endpoint does not say so");
    await cluster.removePod("db-0");
    await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 0 } });
    const next = await cluster.agent({ journal: agent.journal });
    await next.del({ podName: "db-0", podUID: first });
    assert.deepEqual([cluster.held(), cluster.endpoint("db-0")], [[], undefined]);
  },
);

for (const when of ["kill-before", "kill-after"] as const) {
  for (const operation of ["delete spiderendpoints", "update spiderippools/status", "patch spiderendpoints"]) {
    testIpam(
      `killed ${when} ${operation} of a DEL at the end of a name: the next DEL ends it, and an ADD is served`,
      async () => {
        await using cluster = await Cluster.start();
        const owner = await cluster.statefulSet("db", { replicas: 1 });
        const agent = await cluster.agent();
        const podUID = await cluster.pod("db-0", { annotations: v4a, owner });
        await agent.add({ podName: "db-0", podUID });
        await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 0 } });
        await cluster.removePod("db-0");
        agent.connection.decide = (what) => what === operation ? when : undefined;
        const request = { containerID: "c1", ifName: "eth0", podNamespace: "ns1", podName: "db-0", podUID };
        void agent.ipam.service.release(request, new AbortController().signal).catch(() => undefined);
        await agent.connection.killed;
        await agent.kill();
        const next = await cluster.agent({ journal: agent.journal });
        await next.add({ podName: "q", podUID: await cluster.pod("q"), defaultIPv4IPPool: ["v4a"] }); // may take the address
        await cluster.patch("/apis/apps/v1/namespaces/ns1/statefulsets/db", { spec: { replicas: 1 } });
        const again = await cluster.pod("db-0", { annotations: v4a, owner });
        assert.equal((await next.addresses({ podName: "db-0", podUID: again })).length, 1);
        await next.del({ podName: "db-0", podUID });
        assert.deepEqual(cluster.held().map((text) => text.split(" ")[2]).sort(), ["ns1/db-0", "ns1/q"]);
        assert.equal(cluster.endpoint("db-0")?.status?.current.uid, again);
      },
    );
  }
}
