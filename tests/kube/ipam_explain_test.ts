import assert from "node:assert/strict";
import {
  decodeMessage,
  encodeBody,
  type ExplainAnswer,
  explainAnswerModel,
  type ExplainQuery,
} from "../../agent/api/mod.ts";
import { full, others, v4 } from "./full_pool.ts";
import { type Agent, type Body, Cluster, scenarioPools } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

function explain(
  cluster: Cluster,
  agent: Agent,
  query: Partial<ExplainQuery> = {},
): Promise<ExplainAnswer | undefined> {
  const asked = { podNamespace: "ns1", podName: "p", ...query };
  return cluster.drive(agent.ipam.service.explain(asked, new AbortController().signal));
}

async function explained(cluster: Cluster, agent: Agent, query?: Partial<ExplainQuery>): Promise<ExplainAnswer> {
  const answer = await explain(cluster, agent, query);
  assert.ok(answer !== undefined);
  return answer;
}

/** Addresses and pools of the first attachment, one line each. */
function summaryOf({ attachments: [attachment] }: ExplainAnswer): string[] {
  return (attachment?.families ?? []).flatMap(({ version, address = "-", why = "-", pools }) => [
    `IPv${version} ${address} ${why}`,
    ...pools.map(({ name, verdict }) => `${name} ${verdict}`),
  ]);
}

function isRead(operation: string): boolean {
  return /^(get|list|watch) /.test(operation);
}

testIpam("explain says what a new Pod would get and why, and writes nothing", async () => {
  const pools = {
    ...scenarioPools,
    v4a: { ...scenarioPools.v4a, ips: ["10.1.0.10-10.1.0.12"], excludeIPs: ["10.1.0.10"] },
    off: { ...scenarioPools.v4b, disable: true },
  };
  await using cluster = await Cluster.start({ pools });
  await cluster.reservedIP("r", ["10.1.0.11"]);
  await cluster.putRecords("v4a", {
    "10.1.0.12": { pod: "ns1/x/quarantine", podUid: "quarantine:2999-01-01T00:00:00Z" },
  });
  const agent = await cluster.agent();
  const uid = await cluster.pod("p", { annotations: { ippool: '{"ipv4":["v4a","off","v4b"],"ipv6":["v6a"]}' } });
  await cluster.advance(0);
  agent.connection.requests.length = 0;
  const answer = await explained(cluster, agent, { ifName: "eth0" });
  assert.deepEqual(summaryOf(answer), [
    "IPv4 10.2.0.10 lowest-free",
    "v4a used-out",
    "v4b used",
    "off disabled",
    "IPv6 fd00:1::10 lowest-free",
    "v6a used",
  ]);
  const [attachment] = answer.attachments;
  assert.deepEqual(attachment?.families[0]?.pools[0]?.counts, {
    offered: "2",
    free: "0",
    releasedLately: "0",
    recorded: "1",
    quarantined: "1",
    reserved: "1",
  });
  assert.deepEqual(attachment?.sources.map(({ subject, code }) => `${subject} ${code}`), [
    "pod-subnets absent",
    "pod-subnet absent",
    "pod-ippools absent",
    "pod-ippool applies",
    "namespace-default not-asked",
    "cni-config not-asked",
    "cluster-default not-asked",
  ]);
  assert.deepEqual([answer.podUID, answer.node, answer.outcome], [uid, "n1", "explained"]);
  const wire = JSON.parse(encodeBody(explainAnswerModel, answer));
  assert.deepEqual(decodeMessage(explainAnswerModel, wire), JSON.parse(JSON.stringify(answer)), "nothing is lost");
  assert.deepEqual(agent.connection.requests.toSorted(), [
    "get pods",
    "get pods",
    "get spiderendpoints",
    "get spiderippools",
    "get spiderippools",
    "get spiderippools",
  ]);
  assert.deepEqual([cluster.endpoint("p"), await agent.journal.list()], [undefined, []]);
});

testIpam("explain tells for people what it tells for programs", async () => {
  await using cluster = await Cluster.start({ pools: full });
  await cluster.putRecords("v4a", others);
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  const { text } = await explained(cluster, agent, { ifName: "eth0", defaultIPv4IPPool: ["v4a"] });
  assert.equal(
    text,
    `Pod ns1/p (UID ${uid}) on node n1
eth0: refused: Cannot allocate addresses: all IP addresses used out: IPv4 of "eth0" from the CNI configuration: IPPool "v4a": all IP addresses used out (1 usable)
  owner: Pod ns1/p
  SpiderEndpoint: there is none
  sources of IPPools:
    the Pod annotation "ipam.spidernet.io/subnets": not there
    the Pod annotation "ipam.spidernet.io/subnet": not there
    the Pod annotation "ipam.spidernet.io/ippools": not there
    the Pod annotation "ipam.spidernet.io/ippool": not there
    the default IPPools of the namespace: not there
    the CNI configuration: applies
    the cluster's default IPPools: not asked: an earlier source applies
  IPv4 of eth0 from the CNI configuration:
    1. IPPool "v4a": all IP addresses used out (1 usable); 0 of 1 addresses free, 1 recorded
  defaultIPv4IPPool of the query: v4a
  defaultIPv6IPPool of the query: none
  unknown, taken as empty or false (no ADD of this NIC is remembered; give them in the query): cleanGateway, matchMasterSubnet
`,
  );
});

testIpam("explain has the words of the ADD that was refused, and reads no pool twice", async () => {
  await using cluster = await Cluster.start({ pools: { ...full, v6a: { ...scenarioPools.v6a, disable: true } } });
  await cluster.putRecords("v4a", others);
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p", { annotations: { ippool: '{"ipv4":["v4a"]}' } });
  const message = await agent.refusal({ podName: "p", podUID, ...v4 });
  await cluster.advance(0);
  agent.connection.requests.length = 0;
  const { attachments: [attachment] } = await explained(cluster, agent);
  assert.deepEqual([attachment?.outcome, attachment?.error], ["refused", message]);
  assert.equal(attachment?.lastAdd?.error, message);
  assert.deepEqual(attachment?.args.map(({ name, origin, values }) => `${name} ${origin} ${values}`), [
    "defaultIPv4IPPool last-add v4a",
    "defaultIPv6IPPool last-add ",
    "cleanGateway last-add false",
    "matchMasterSubnet last-add false",
  ]);
  assert.equal(agent.connection.requests.every(isRead), true, agent.connection.requests.join());
  assert.equal(agent.connection.count("get spiderippools"), 1);
});

testIpam("explain of a running Pod says that it keeps what its endpoint lists", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, ...v4 });
  await agent.add({ podName: "p", podUID, ifName: "net1", ...v4 });
  const held = cluster.held();
  agent.connection.requests.length = 0;
  const { attachments } = await explained(cluster, agent);
  assert.deepEqual(
    attachments.map(({ ifName, outcome, endpoint, families }) => [
      `${ifName} ${outcome} ${endpoint?.code}`,
      ...families.map(({ address, why }) => `${address} ${why}`),
    ]),
    [["eth0 reused reused", "10.1.0.10 own-record"], ["net1 reused reused", "10.1.0.11 own-record"]],
  );
  assert.equal(agent.connection.requests.every(isRead), true, agent.connection.requests.join());
  assert.equal(agent.connection.count("get spiderippools"), 1, "both NICs are in one pool, which is read once");
  assert.deepEqual(cluster.held(), held);
});

testIpam("explain of two NICs on one pool gives them two addresses", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const annotation = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4a"]}]';
  await cluster.pod("p", { annotations: { ippools: annotation } });
  const { attachments } = await explained(cluster, agent, { ifName: "net1" });
  assert.deepEqual(attachments[0]?.families.map(({ nic, address, why }) => `${nic} ${address} ${why}`), [
    "eth0 10.1.0.10 lowest-free",
    "net1 10.1.0.11 lowest-free",
  ]);
  assert.deepEqual(cluster.held(), []);
});

testIpam("explain of a StatefulSet's Pod says that its address is kept, and leaves it the earlier Pod's", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const former = await cluster.pod("db-0", { owner });
  await agent.add({ podName: "db-0", podUID: former, ...v4 });
  await cluster.removePod("db-0");
  await cluster.pod("db-0", { owner });
  await cluster.advance(0);
  const { attachments: [attachment] } = await explained(cluster, agent, { podName: "db-0", ...v4 });
  assert.deepEqual(
    [
      attachment?.owner?.keeps,
      attachment?.endpoint?.code,
      attachment?.families.map(({ address, why }) => [address, why]),
    ],
    ["statefulset", "kept", [["10.1.0.10", "kept"]]],
  );
  assert.deepEqual(cluster.records("v4a")["10.1.0.10"]?.podUid, former);
});

interface Elsewhere {
  readonly name: string;
  readonly pod: Body;
  readonly outcome: string;
  readonly says: string;
}

const elsewhere: Elsewhere[] = [
  {
    name: "another node",
    pod: { nodeName: "n2" },
    outcome: "other-node",
    says: 'it is on node "n2", this agent serves node "n1": ask the agent there',
  },
  { name: "no node", pod: {}, outcome: "not-scheduled", says: "it is not scheduled to a node yet" },
  {
    name: "the node's network",
    pod: { nodeName: "n1", hostNetwork: true },
    outcome: "host-network",
    says: "spec.hostNetwork",
  },
];
for (const { name, pod, outcome, says } of elsewhere) {
  testIpam(`explain of a Pod on ${name} is ${outcome}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    await cluster.create("/api/v1/namespaces/ns1/pods", {
      metadata: { name: "p" },
      spec: { ...pod, containers: [{ name: "main", image: "busybox" }] },
    });
    const answer = await explained(cluster, agent);
    assert.deepEqual([answer.outcome, answer.node, answer.attachments], [outcome, pod.nodeName ?? "", []]);
    assert.ok(answer.text.includes(says), answer.text);
  });
}

testIpam("explain of no Pod is nothing, of a dead one what an ADD would say", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  assert.equal(await explain(cluster, agent), undefined);
  await cluster.pod("p", { restartPolicy: "Never" });
  await cluster.patch("/api/v1/namespaces/ns1/pods/p/status", { status: { phase: "Succeeded" } });
  const { attachments: [attachment] } = await explained(cluster, agent);
  assert.equal(
    attachment?.error,
    'Cannot allocate addresses: Pod "ns1/p" has succeeded and is not restarted',
  );
});

testIpam("explain does not guess what the CNI configuration names", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  await cluster.pod("p");
  const { attachments: [attachment] } = await explained(cluster, agent);
  assert.ok(attachment?.error?.endsWith("and what the CNI configuration names is not known here"), attachment?.error);
  assert.equal(attachment?.sources.find(({ subject }) => subject === "cni-config")?.code, "unknown");
  const empty = await explained(cluster, agent, { defaultIPv4IPPool: [] });
  assert.ok(empty.attachments[0]?.error?.includes("nor the CNI configuration names an IPPool"), empty.text);
});

testIpam("explain takes what an earlier Pod's ADD said for unknown", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, ...v4 });
  await cluster.removePod("p");
  await agent.del({ podName: "p", podUID });
  await cluster.pod("p");
  const { attachments: [attachment] } = await explained(cluster, agent);
  assert.deepEqual([attachment?.lastAdd, attachment?.args[0]?.origin], [undefined, "unknown"]);
});
