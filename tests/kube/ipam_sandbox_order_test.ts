import assert from "node:assert/strict";
import { attachmentsOf } from "../../crd/ipam/attachments.ts";
import { MemoryJournal } from "../../agent/ipam/mod.ts";
import { type Agent, type AgentOptions, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const eth0 = { podName: "p", defaultIPv4IPPool: ["v4a"] };
const net1 = { podName: "p", ifName: "net1", defaultIPv4IPPool: ["v4b"] };
const kept = ["v4a 10.1.0.10 ns1/p eth0", "v4b 10.2.0.10 ns1/p net1"];

/** Sandboxes that the endpoint says the NICs are of, as `nic container`. */
function containers(cluster: Cluster): string[] {
  const text = cluster.endpoint("p")?.metadata.annotations?.["ipam.spidernet.io/attachments"];
  return Object.entries(attachmentsOf(text)).map(([nic, { containerId }]) => `${nic} ${containerId}`);
}

async function withPod(options: AgentOptions = {}) {
  const cluster = await Cluster.start();
  return { cluster, agent: await cluster.agent(options), podUID: await cluster.pod("p") };
}

/** Ends the Pod: a late DEL of the older sandbox frees nothing, that of the newer one frees all. */
async function assertEndsWith(newest: string, { cluster, agent, podUID }: {
  cluster: Cluster;
  agent: Agent;
  podUID: string;
}): Promise<void> {
  await cluster.terminate("p");
  for (const ifName of ["eth0", "net1"]) await agent.del({ podName: "p", podUID, containerID: "c1", ifName });
  assert.deepEqual(cluster.held(), kept);
  await agent.del({ podName: "p", podUID, containerID: newest });
  assert.deepEqual(cluster.held(), []);
}

const agentsAfter: { name: string; next: (cluster: Cluster, agent: Agent) => Promise<Agent> }[] = [
  { name: "by the same agent", next: (_cluster, agent) => Promise.resolve(agent) },
  {
    name: "by the agent after it",
    next: async (cluster, agent) => {
      await agent.kill();
      return await cluster.agent();
    },
  },
];
for (const { name, next } of agentsAfter) {
  testIpam(`an ADD of an older sandbox that is served last, ${name}, leaves the NICs to the newer one`, async () => {
    const { cluster, agent: first, podUID } = await withPod();
    await using _ = cluster;
    await first.add({ ...eth0, podUID, containerID: "c1" });
    await first.add({ ...eth0, podUID, containerID: "c2" });
    const agent = await next(cluster, first);
    const late = await agent.addresses({ ...net1, podUID, containerID: "c1" });
    assert.deepEqual(late, ["net1 10.2.0.10/24 v4b", "eth0 10.1.0.10/24 v4a"], "it is served all the same");
    assert.deepEqual(containers(cluster), ["eth0 c2", "net1 c2"]);
    await agent.add({ ...eth0, podUID, containerID: "c1" });
    assert.deepEqual(containers(cluster), ["eth0 c2", "net1 c2"]);
    await assertEndsWith("c2", { cluster, agent, podUID });
  });
}

testIpam("a third sandbox supersedes both", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  for (const containerID of ["c1", "c2", "c3", "c2", "c1"]) await agent.add({ ...eth0, podUID, containerID });
  assert.deepEqual(containers(cluster), ["eth0 c3"]);
});

testIpam("the older sandbox is known although its ADD failed and nothing was written for it", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.refusal({ ...eth0, podUID, containerID: "c1", defaultIPv4IPPool: ["none"] });
  await agent.add({ ...eth0, podUID, containerID: "c2" });
  await agent.add({ ...net1, podUID, containerID: "c1" });
  assert.deepEqual(containers(cluster), ["eth0 c2", "net1 c2"]);
  await assertEndsWith("c2", { cluster, agent, podUID });
});

testIpam("the older sandbox is known from the journal of the agent that died with its ADD", async () => {
  const journal = new MemoryJournal();
  const { cluster, agent: first, podUID } = await withPod({ journal });
  await using _ = cluster;
  first.connection.isDown = true;
  const dies = first.startAdd({ ...eth0, podUID, containerID: "c1" });
  await cluster.advance(0);
  const [entry] = await journal.list();
  assert.equal(entry?.containerId, "c1", "the ADD has begun");
  const copy = new MemoryJournal();
  await copy.put(entry);
  await first.kill();
  await assert.rejects(cluster.drive(dies));
  const agent = await cluster.agent({ journal: copy, isDown: false });
  await agent.add({ ...eth0, podUID, containerID: "c2" });
  const next = await cluster.agent();
  await next.add({ ...net1, podUID, containerID: "c1" });
  assert.deepEqual(containers(cluster), ["eth0 c2", "net1 c2"]);
}, { onlyEmbedded: true });

testIpam("a sandbox whose addresses were given back supersedes nobody", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ ...eth0, podUID, containerID: "c1" });
  await agent.add({ ...eth0, podUID, containerID: "c2" });
  await agent.batch({ podName: "p", podUID, containerID: "c2" });
  await agent.add({ ...eth0, podUID, containerID: "c1" });
  assert.deepEqual(containers(cluster), ["eth0 c1"]);
});
