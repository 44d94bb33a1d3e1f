/** The API server goes for ten minutes and comes back without its history: what the agent does, and what an operator sees. */
import assert from "node:assert/strict";
import { heardLog } from "./heard_log.ts";
import { type Agent, Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4 = { defaultIPv4IPPool: ["v4a"] };
const MINUTE = 60_000;

/** An agent whose watches break five seconds after they were opened. */
async function started(cluster: Cluster, log = heardLog()): Promise<Agent> {
  cluster.api.setFaults(({ verb }) => verb === "watch" ? { watch: { cutAfterMs: 5_000 } } : undefined);
  const agent = await cluster.agent({ log });
  cluster.api.setFaults(() => undefined);
  return agent;
}

async function outage(cluster: Cluster, agent: Agent, meanwhile: () => Promise<void> = () => Promise.resolve()) {
  agent.connection.isDown = true;
  await cluster.advance(5 * MINUTE);
  await meanwhile();
  await cluster.advance(5 * MINUTE);
  cluster.api.compact();
  agent.connection.isDown = false;
  await cluster.advance(20_000);
}

testIpam(
  "agent 11: API server away for ten minutes, then without its history: the agent goes on by itself",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await started(cluster);
    const gone = await cluster.pod("gone");
    await agent.add({ podName: "gone", podUID: gone, ...v4 });
    await outage(cluster, agent, async () => {
      await cluster.removePod("gone"); // others still reach the API server
      await cluster.pod("new");
      await cluster.patch("/apis/spiderpool.spidernet.io/v2beta1/spiderippools/v4b", { spec: { disable: true } });
    });
    const fresh = String(agent.ipam.isSynced);
    await agent.del({ podName: "gone", podUID: gone });
    assert.deepEqual([cluster.held(), cluster.endpoint("gone"), fresh], [[], undefined, "true"]);
    const podUID = String((await cluster.create("/api/v1/namespaces/ns1/pods", podNamed("late"))).metadata.uid);
    assert.deepEqual(await agent.addresses({ podName: "late", podUID, ...v4 }), ["eth0 10.1.0.11/24 v4a"]);
    assert.match(await agent.refusal({ podName: "new", podUID: "", defaultIPv4IPPool: ["v4b"] }), /is disabled/);
  },
  { onlyEmbedded: true },
);

testIpam("agent 11: API server away: an operator is told once by each watch, and once that it is back", async () => {
  await using cluster = await Cluster.start();
  const log = heardLog();
  const agent = await started(cluster, log);
  await outage(cluster, agent);
  const count = (line: string) => log.lines.filter((one) => one === line).length;
  await cluster.advance(2 * MINUTE); // a watch without events says once a minute that it lives
  const watches = count("warn cannot reach the api server, tries again");
  assert(watches >= 5 && watches <= 8, `${watches} lines`);
  assert.equal(count("info reaches the api server again"), watches);
  assert(log.lines.length <= 3 * watches, log.lines.join("\n")); // and of each that its history is gone
}, { onlyEmbedded: true });

testIpam("agent 6: API server away: the agent stays ready, so that nobody restarts it for that", async () => {
  await using cluster = await Cluster.start();
  const agent = await started(cluster);
  agent.connection.isDown = true;
  await cluster.advance(10 * MINUTE);
  assert.equal(agent.ipam.isSynced, true);
}, { onlyEmbedded: true });

/** What the alert on agents that do not follow the API server waits for, in milliseconds. */
const BLIND = 10 * MINUTE;

/** How long ago each watch last heard anything, in milliseconds. */
async function silences({ ipam }: Agent): Promise<readonly number[]> {
  const { watches, nowMs } = await ipam.state();
  assert(watches.length >= 5);
  return watches.map(({ heardMs = -Infinity }) => nowMs - heardMs);
}

testIpam("agent 12: API server away: the silence of every watch grows as the alert on it expects", async () => {
  await using cluster = await Cluster.start();
  const agent = await started(cluster);
  agent.connection.isDown = true;
  await cluster.advance(BLIND + MINUTE);
  assert(Math.min(...await silences(agent)) > BLIND, String(await silences(agent)));
}, { onlyEmbedded: true });

testIpam("agent 12: API server there and nothing happens for a long time: no watch is silent for long", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  for (let look = 0; look < 3; look++) {
    await cluster.advance(BLIND / 2);
    assert(Math.max(...await silences(agent)) <= 3 * MINUTE, String(await silences(agent)));
  }
}, { onlyEmbedded: true });

testIpam("agent 11: API server away: refused ADDs leave one note, and nothing in the end", async () => {
  await using cluster = await Cluster.start();
  const agent = await started(cluster);
  const podUID = await cluster.pod("p");
  await cluster.advance(0);
  agent.connection.isDown = true;
  for (let i = 0; i < 4; i++) {
    assert.match(await agent.refusal({ podName: "p", podUID, ...v4 }), /connection refused$/);
  }
  const noted = await agent.journal.list(); // whether an answer was lost or a request never came is not known
  assert(noted.length <= 1 && cluster.held().length === 0);
  agent.connection.isDown = false;
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
  assert.deepEqual([cluster.held().length, await agent.journal.list()], [1, []]);
}, { onlyEmbedded: true });

function podNamed(name: string) {
  const spec = { nodeName: "n1", containers: [{ name: "main", image: "none" }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ns1" }, spec };
}
