import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const dual = { defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] };
const conflict = { conflictIPs: [{ ip: "10.1.0.10", mac: "02:00:00:00:00:01", nic: "eth0" }] };

/** What a report of a conflict asks the API server for, besides an Event at some time. */
const steps = ["get pods", "get spiderendpoints", "update spiderippools/status", "update spiderendpoints"];

/** A cluster with Pod `p`, which has an IPv4 and an IPv6 address; its agent has told of a conflict of the first. */
async function reported(
  cluster: Cluster,
  { index, when }: { index: number; when: "kill-before" | "kill-after" | "lose-before" | "lose-after" | "nothing" },
) {
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  await agent.add({ podName: "p", podUID, ...dual });
  agent.connection.requests.length = 0;
  let isDone = when === "nothing";
  agent.connection.decide = (operation) => {
    if (isDone || operation !== steps[index]) return undefined;
    isDone = true;
    return when === "nothing" ? undefined : when;
  };
  const released = agent.startBatch({ podName: "p", podUID, ...conflict });
  if (when.startsWith("kill-")) await agent.connection.killed;
  return { agent, podUID, released };
}

testIpam("the steps of a report are those that the tests below break at", async () => {
  await using cluster = await Cluster.start();
  const { agent, released } = await reported(cluster, { index: 0, when: "nothing" });
  await cluster.drive(released);
  assert.deepEqual(agent.connection.requests.filter((operation) => operation !== "create events"), steps);
});

for (const [index, operation] of steps.entries()) {
  const onlyEmbedded = operation.startsWith("get "); // what was not written is the same to every server
  for (const when of ["kill-before", "kill-after"] as const) {
    const name = `killed ${when === "kill-before" ? "before" : "after"} request ${index} of a report (${operation})`;
    const isSetAside = index > 2 || (index === 2 && when === "kill-after");

    testIpam(`${name}: the next agent's ADD is served, nothing leaks, and what was set aside stays`, async () => {
      await using cluster = await Cluster.start();
      const { agent, podUID } = await reported(cluster, { index, when });
      await agent.kill();
      const next = await cluster.agent({ journal: agent.journal });
      await next.add({ podName: "q", podUID: await cluster.pod("q"), ...dual }); // would take what was free
      const answer = await next.addresses({ podName: "p", podUID, containerID: "c2", ...dual });
      const v4 = isSetAside ? "10.1.0.12" : "10.1.0.10";
      assert.deepEqual(answer, [`eth0 ${v4}/24 v4a`, "eth0 fd00:1::10/64 v6a"]);
      assert.deepEqual(cluster.held(), [
        ...(isSetAside ? ["v4a 10.1.0.10 ns1/p/quarantine eth0"] : ["v4a 10.1.0.10 ns1/p eth0"]),
        "v4a 10.1.0.11 ns1/q eth0",
        ...(isSetAside ? ["v4a 10.1.0.12 ns1/p eth0"] : []),
        "v6a fd00:1::10 ns1/p eth0",
        "v6a fd00:1::11 ns1/q eth0",
      ]);
      assert.deepEqual(await next.journal.list(), []);
      assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 1);
    }, { onlyEmbedded });

    testIpam(`${name}, then the Pod ends: its DEL frees everything but what was set aside`, async () => {
      await using cluster = await Cluster.start();
      const { agent, podUID } = await reported(cluster, { index, when });
      await agent.kill();
      const next = await cluster.agent({ journal: agent.journal });
      await cluster.terminate("p");
      await next.del({ podName: "p", podUID });
      assert.deepEqual(cluster.held(), isSetAside ? ["v4a 10.1.0.10 ns1/p/quarantine eth0"] : []);
      assert.deepEqual(await next.journal.list(), []);
    }, { onlyEmbedded });

    testIpam(`${name}, then the Pod is gone without a DEL: nothing is held that nobody knows of`, async () => {
      await using cluster = await Cluster.start();
      const { agent } = await reported(cluster, { index, when });
      await agent.kill();
      await cluster.removePod("p");
      await cluster.agent({ journal: agent.journal });
      await cluster.advance(60_000);
      const listed = (cluster.endpoint("p")?.status?.current.ips ?? []).length > 0;
      const held = () => cluster.held().filter((text) => !text.includes("/quarantine"));
      await cluster.until("the agent has freed what no endpoint lists", async () => {
        await cluster.refresh();
        return listed || held().length === 0;
      });
      if (!listed) assert.deepEqual(held(), []);
    }, { onlyEmbedded });
  }

  for (const when of ["lose-before", "lose-after"] as const) {
    testIpam(`request ${index} of a report (${operation}) is lost (${when}): it is done all the same`, async () => {
      await using cluster = await Cluster.start();
      const { agent, podUID, released } = await reported(cluster, { index, when });
      await cluster.drive(released);
      assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p/quarantine eth0", "v6a fd00:1::10 ns1/p eth0"]);
      assert.deepEqual(cluster.endpoint("p")?.status?.current.ips, []);
      const again = await agent.addresses({ podName: "p", podUID, ...dual });
      assert.deepEqual(again, ["eth0 10.1.0.11/24 v4a", "eth0 fd00:1::10/64 v6a"]);
    }, { onlyEmbedded });
  }
}
