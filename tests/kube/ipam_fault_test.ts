import assert from "node:assert/strict";
import { type Fault, faultRules, type Verb } from "../apiserver/server.ts";
import { addressesOf, type Agent, Cluster, START_MS, turn } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const dual = { defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] };
const v4 = { defaultIPv4IPPool: ["v4a"] };

const faults: { name: string; fault: Fault }[] = [
  { name: "an answer lost after the work", fault: { lose: "after" } },
  { name: "a request lost before the work", fault: { lose: "before" } },
  { name: "409", fault: { answer: { status: 409 } } },
  { name: "429 with Retry-After", fault: { answer: { status: 429, retryAfterSeconds: 2 } } },
  { name: "500", fault: { answer: { status: 500 } } },
  { name: "503", fault: { answer: { status: 503 } } },
  { name: "an answer that takes 12 s", fault: { delayAfterMs: 12_000 } },
];
const addRequests = [
  { name: "PUT of a pool", rule: { verb: "update", resource: "spiderippools", subresource: "status" } },
  { name: "GET of a pool", rule: { verb: "get", resource: "spiderippools" } },
  { name: "POST of the endpoint", rule: { verb: "create", resource: "spiderendpoints" } },
  { name: "GET of the endpoint", rule: { verb: "get", resource: "spiderendpoints" } },
] as const;

/** Reads never meet a conflict. */
function faultsOf({ verb }: { verb: string }): typeof faults {
  return faults.filter(({ fault }) => verb !== "get" || fault.answer?.status !== 409);
}

/** Which requests. */
interface Requests {
  readonly verb: Verb;
  readonly resource: string;
  readonly subresource?: string;
}

/** Makes `fault` happen to the first two of such requests of agent `n1`. A connection breaks in front of any server. */
function breakTwice(cluster: Cluster, { agent, rule, fault }: { agent: Agent; rule: Requests; fault: Fault }): void {
  if (fault.lose === undefined) {
    return cluster.api.setFaults(faultRules([{ ...rule, client: "agent-n1", count: 2, fault }], () => 0));
  }
  const { verb, resource, subresource } = rule;
  const broken = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
  const breakage = `lose-${fault.lose}` as const;
  let left = 2;
  agent.connection.decide = (operation) => operation === broken && left-- > 0 ? breakage : undefined;
}

for (const { name, rule } of addRequests) {
  for (const { name: what, fault } of faultsOf(rule)) {
    testIpam(`ADD gets over it: ${name}: ${what}, twice`, async () => {
      await using cluster = await Cluster.start();
      const agent = await cluster.agent();
      const podUID = await cluster.pod("p");
      await cluster.advance(0);
      breakTwice(cluster, { agent, rule, fault });
      assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...dual }), [
        "eth0 10.1.0.10/24 v4a",
        "eth0 fd00:1::10/64 v6a",
      ]);
      assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0", "v6a fd00:1::10 ns1/p eth0"]);
      assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 1);
      assert.deepEqual(await agent.journal.list(), []);
    }, { onlyEmbedded: fault.lose === undefined });
  }
}

const delRequests = [
  { name: "GET of the Pod", rule: { verb: "get", resource: "pods" } },
  { name: "GET of the endpoint", rule: { verb: "get", resource: "spiderendpoints" } },
  { name: "PUT of a pool", rule: { verb: "update", resource: "spiderippools", subresource: "status" } },
  { name: "PATCH of the endpoint", rule: { verb: "patch", resource: "spiderendpoints" } },
] as const;

for (const { name, rule } of delRequests) {
  for (const { name: what, fault } of faultsOf(rule)) {
    testIpam(`DEL gets over it: ${name}: ${what}, twice`, async () => {
      await using cluster = await Cluster.start();
      const agent = await cluster.agent();
      const podUID = await cluster.pod("p");
      await agent.add({ podName: "p", podUID, ...dual });
      await cluster.removePod("p");
      breakTwice(cluster, { agent, rule, fault });
      await agent.del({ podName: "p", podUID });
      assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
    }, { onlyEmbedded: fault.lose === undefined });
  }
}

testIpam("row 41: conflicts do not lead to the next pool", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  const rule = { verb: "update", resource: "spiderippools", name: "v4a", count: 10 } as const;
  cluster.api.setFaults(faultRules([{ ...rule, fault: { answer: { status: 409 } } }], () => 0));
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, defaultIPv4IPPool: ["v4a", "v4b"] }), [
    "eth0 10.1.0.10/24 v4a",
  ]);
}, { onlyEmbedded: true });

testIpam(
  "row 108: two agents on one pool: conflicts are tried again, everybody has an address of their own",
  async () => {
    const pools = { v4: { subnet: "10.4.0.0/24", ips: ["10.4.0.10-10.4.0.100"], default: true } };
    await using cluster = await Cluster.start({ pools });
    const agents = [await cluster.agent(), await cluster.agent({ node: "n2" })];
    const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const uids = await Promise.all(names.map((name, i) => cluster.pod(name, { node: `n${i % 2 + 1}` })));
    const adds = names.map((podName, i) => agents[i % 2]!.startAdd({ podName, podUID: uids[i]! }));
    const answers = (await cluster.drive(Promise.all(adds))).flatMap(addressesOf);
    assert.equal(new Set(answers).size, 40);
    assert.equal(cluster.held().length, 40);
  },
);

const refusedConnection = "the connection to the API server failed: connection refused";

testIpam("the API server cannot be reached: ADD fails at its deadline, says why, and holds nothing", async () => {
  await using cluster = await Cluster.start();
  const podUID = await cluster.pod("p");
  const agent = await cluster.agent();
  await turn();
  agent.connection.isDown = true;
  assert.equal(
    await agent.refusal({ podName: "p", podUID, ...v4 }),
    "Cannot allocate addresses: exhaust all retries: nothing came of it within 30000 ms, last: Cannot GET " +
      `/apis/spiderpool.spidernet.io/v2beta1/namespaces/ns1/spiderendpoints/p: ${refusedConnection}`,
  );
  assert.ok(cluster.clock.now() - START_MS < 31_000);
  assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
}, { onlyEmbedded: true });

testIpam("the API server cannot be reached: DEL fails at its deadline and says why", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, ...v4 });
  agent.connection.isDown = true;
  await assert.rejects(agent.del({ podName: "p", podUID }), {
    message: "Cannot release addresses: exhaust all retries: nothing came of it within 30000 ms, last: Cannot GET " +
      `/api/v1/namespaces/ns1/pods/p: ${refusedConnection}`,
  });
  assert.equal(cluster.held().length, 1);
}, { onlyEmbedded: true });

testIpam(
  "the API server cannot be reached when the agent starts: ADD fails at its deadline, and later works",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ waitUntilReady: false, isDown: true });
    const podUID = await cluster.pod("p");
    assert.equal(
      await agent.refusal({ podName: "p", podUID, ...v4 }),
      "Cannot allocate addresses: exhaust all retries: nothing came of it within 30000 ms, last: " +
        "the agent has not been able to read the cluster since it started",
    );
    assert.deepEqual([cluster.held(), await agent.journal.list(), agent.ipam.isSynced], [[], [], false]);
    agent.connection.isDown = false;
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
  },
  { onlyEmbedded: true },
);

testIpam("an outage of three seconds is waited for", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await turn();
  agent.connection.isDown = true;
  const added = agent.startAdd({ podName: "p", podUID, ...v4 });
  await cluster.advance(3_000);
  agent.connection.isDown = false;
  assert.deepEqual(addressesOf(await cluster.drive(added)), ["eth0 10.1.0.10/24 v4a"]);
  assert.ok(cluster.clock.now() - START_MS < 6_000);
}, { onlyEmbedded: true });

/** An ADD whose connection breaks for good between the claim and the endpoint. */
async function cutOff() {
  const cluster = await Cluster.start();
  const agent = await cluster.agent({ config: { deadlineMs: 3_000 } });
  const podUID = await cluster.pod("p");
  await turn();
  agent.connection.decide = (operation) => {
    if (operation === "create spiderendpoints") agent.connection.isDown = true;
    return undefined;
  };
  const message = await agent.refusal({ podName: "p", podUID, ...v4 });
  agent.connection.decide = undefined;
  return { cluster, agent, podUID, message };
}

testIpam(
  "the connection breaks between claim and endpoint: the journal keeps what cannot be given back, the retry gets it",
  async () => {
    const { cluster, agent, podUID, message } = await cutOff();
    await using _ = cluster;
    assert.match(message, /the connection to the API server failed: connection refused$/);
    assert.deepEqual((await agent.journal.list()).map(({ pools }) => pools), [["v4a"]]);
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
    agent.connection.isDown = false;
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
    assert.deepEqual([cluster.held().length, await agent.journal.list()], [1, []]);
  },
);

testIpam(
  "the connection breaks between claim and endpoint, then the Pod goes: the agent frees the address by itself",
  async () => {
    const { cluster, agent } = await cutOff();
    await using _ = cluster;
    await cluster.removePod("p");
    await cluster.advance(60_000);
    assert.equal(cluster.held().length, 1);
    agent.connection.isDown = false;
    await cluster.advance(60_000);
    assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
  },
  { onlyEmbedded: true },
);

testIpam("the endpoint is refused for good: the claim is given back within the ADD", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await turn();
  await cluster.patch(
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/spiderendpoints.spiderpool.spidernet.io",
    {
      metadata: { annotations: { note: "about to go" } },
    },
  );
  await cluster.delete(
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/spiderendpoints.spiderpool.spidernet.io",
  );
  const message = await agent.refusal({ podName: "p", podUID, ...v4 });
  assert.match(message, /^Cannot POST .*spiderendpoints: 404 NotFound/);
  assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
}, { onlyEmbedded: true });

testIpam("a pool that is edited while an ADD is judged: the new spec counts", async () => {
  await using cluster = await Cluster.start();
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "watch" && resource === "spiderippools" ? { watch: { delayEventsMs: 60_000 } } : undefined
  );
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await cluster.patch("/apis/spiderpool.spidernet.io/v2beta1/spiderippools/v4a", { spec: { disable: true } });
  assert.equal(
    await agent.refusal({ podName: "p", podUID, ...v4 }),
    'Cannot allocate addresses: no IPPool available: IPv4 of "eth0" from the CNI configuration: ' +
      'IPPool "v4a": is disabled (spec.disable)',
  );
  assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
}, { onlyEmbedded: true });

testIpam("a pool that is made anew under its name before the watch tells of it: the new one counts", async () => {
  await using cluster = await Cluster.start();
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "watch" && resource === "spiderippools" ? { watch: { delayEventsMs: 60_000 } } : undefined
  );
  const agent = await cluster.agent();
  await agent.add({ podName: "q", podUID: await cluster.pod("q"), ...v4 });
  const podUID = await cluster.pod("p");
  await cluster.delete("/apis/spiderpool.spidernet.io/v2beta1/spiderippools/v4a");
  await cluster.pool("v4a", { subnet: "10.5.0.0/24", ips: ["10.5.0.10"] });
  const startedAt = cluster.clock.now();
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.5.0.10/24 v4a"]);
  assert.ok(cluster.clock.now() - startedAt < 1000);
}, { onlyEmbedded: true });
