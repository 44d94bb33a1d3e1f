/** Auto-created pools as the agent sees them: spec/ipam.md §4.2 without what creates them. */
import assert from "node:assert/strict";
import { autoPoolLabels } from "../../crd/ipam/auto_pool.ts";
import { type Agent, type Body, Cluster, scenarioPools, START_MS } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { podEvents } from "./pod_events.ts";

const pools = "/apis/spiderpool.spidernet.io/v2beta1/spiderippools";
const subnet = { subnet: '{"ipv4":["s4"]}' };
const waiting = { waitForAutoPoolMs: 20_000 };

/** A Deployment's Pod `p` with these annotations. */
async function webPod(cluster: Cluster, annotations: Readonly<Record<string, string>>) {
  const path = "/apis/apps/v1/namespaces/ns1";
  const labels = { app: "web" }; // with none a real Deployment would give the ReplicaSet up
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "busybox" }] } };
  const body = { selector: { matchLabels: labels }, template };
  const deployment = await cluster.create(`${path}/deployments`, { metadata: { name: "web" }, spec: body });
  const reference = (kind: string, { metadata: { name, uid } }: typeof deployment) => ({
    apiVersion: "apps/v1",
    kind,
    name,
    uid,
    controller: true,
  });
  const set = await cluster.create(`${path}/replicasets`, {
    metadata: { name: "web-1", labels, ownerReferences: [reference("Deployment", deployment)] },
    spec: body,
  });
  const podUID = await cluster.pod("p", { annotations, owner: reference("ReplicaSet", set) });
  return { podUID, uid: deployment.metadata.uid ?? "" };
}

/** Creates the pool that spiderpool-controller would make for the Deployment. */
async function autoPool(cluster: Cluster, uid: string, { ips, nic = "eth0" }: { ips: string[]; nic?: string }) {
  const topController = { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "web", uid };
  await cluster.create(pools, {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderIPPool",
    metadata: {
      name: `auto4-web-${nic}`,
      labels: autoPoolLabels({ subnet: "s4", nic, family: 4, topController }),
    },
    spec: {
      ipVersion: 4,
      subnet: "10.3.0.0/24",
      ips,
      podAffinity: {
        matchLabels: {
          "ipam.spidernet.io/app-api-group": "apps",
          "ipam.spidernet.io/app-api-version": "v1",
          "ipam.spidernet.io/app-kind": "Deployment",
          "ipam.spidernet.io/app-namespace": "ns1",
          "ipam.spidernet.io/app-name": "web",
        },
      },
    },
  });
}

for (
  const { row, ips } of [
    { row: "ipam rows 3 and 97: with ippools beside it and a number", ips: ["10.3.0.10-10.3.0.12"] },
    { row: "ipam row 99: of another size than desired", ips: ["10.3.0.10-10.3.0.99"] },
  ]
) {
  testIpam(`an auto-created pool serves at once, ${row}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ config: waiting });
    const annotations = { ...subnet, "ippool-ip-number": "+1", ippools: '[{"interface":"eth0","ipv4":["v4a"]}]' };
    const { podUID, uid } = await webPod(cluster, annotations);
    await autoPool(cluster, uid, { ips });
    await cluster.advance(0);
    assert.deepEqual(await agent.addresses({ podName: "p", podUID }), ["eth0 10.3.0.10/24 auto4-web-eth0"]);
  });
}

testIpam("ipam row 98: an ADD waits for its auto-created pool, and goes on when a watch tells of it", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent({ config: waiting });
  const { podUID, uid } = await webPod(cluster, subnet);
  await cluster.advance(0);
  const added = agent.startAdd({ podName: "p", podUID });
  await cluster.advance(5_000);
  await autoPool(cluster, uid, { ips: ["10.3.0.10"] });
  const { ips } = await cluster.drive(added);
  assert.deepEqual(ips?.map(({ address }) => address), ["10.3.0.10/24"]);
  assert.ok(cluster.clock.now() - START_MS <= 6_000, `${cluster.clock.now() - START_MS} ms`);
  assert.equal(
    agent.connection.requests.filter((operation) => operation === "list spiderippools").length,
    0,
    "no polls",
  );
}, { onlyEmbedded: true });

testIpam("ipam row 100: without an auto-created pool, error, Event and explain have the same words", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent({ config: waiting });
  const { podUID, uid } = await webPod(cluster, subnet);
  await cluster.advance(0);
  const before = cluster.clock.now();
  const message = await agent.refusal({ podName: "p", podUID });
  assert.equal(cluster.clock.now() - before, 20_000);
  assert.equal(
    message,
    "Cannot allocate addresses: no matching auto-created IPPool for labels ipam.spidernet.io/owner-spider-subnet=s4, " +
      "ipam.spidernet.io/owner-application-gv=apps_v1, ipam.spidernet.io/owner-application-kind=Deployment, " +
      "ipam.spidernet.io/owner-application-namespace=ns1, ipam.spidernet.io/owner-application-name=web, " +
      `ipam.spidernet.io/owner-application-uid=${uid}, ipam.spidernet.io/interface=eth0, ` +
      'ipam.spidernet.io/ip-version=IPv4; spiderpool-controller creates it from SpiderSubnet "s4": ' +
      "see its log and the Events of the application",
  );
  await cluster.advance(0);
  assert.deepEqual((await podEvents(cluster, podUID)).map((event) => event.message), [message]);
  assert.equal(await explainError(cluster, agent), message);
}, { onlyEmbedded: true });

testIpam(
  "ipam row 100: an ADD answers before its deadline, whatever it would wait for its auto-created pool",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ config: { waitForAutoPoolMs: 50_000, deadlineMs: 5_000 } });
    const { podUID } = await webPod(cluster, subnet);
    await cluster.advance(0);
    assert.match(await agent.refusal({ podName: "p", podUID }), /no matching auto-created IPPool/);
    assert.deepEqual(cluster.held(), []);
  },
  { onlyEmbedded: true },
);

interface Refusal {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly nic?: string;
  readonly features?: Body;
  readonly says: RegExp;
}

const refusals: Refusal[] = [
  {
    name: "ipam row 4: auto pools are off",
    annotations: subnet,
    features: { enableAutoPool: false },
    says: /has a subnet annotation, but enableAutoPoolForApplication is off/,
  },
  {
    name: "ipam row 103: subnets without the NIC",
    annotations: { subnets: '[{"interface":"eth0","ipv4":["s4"]}]' },
    nic: "net1",
    says: /wrong input: annotation ipam.spidernet.io\/subnets of Pod "ns1\/p": no item is for "net1"/,
  },
  {
    name: "ipam row 104: subnet is for another NIC",
    annotations: subnet,
    nic: "net1",
    says: /no matching auto-created IPPool .* creates it for "eth0" only.* list "net1" in annotation/,
  },
];
for (const { name, annotations, nic = "eth0", features = {}, says } of refusals) {
  testIpam(`an ADD does not wait for a pool that nobody makes: ${name}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ config: waiting, features });
    const { podUID } = await webPod(cluster, annotations);
    await cluster.advance(0);
    const before = cluster.clock.now();
    assert.match(await agent.refusal({ podName: "p", podUID, ifName: nic, defaultIPv4IPPool: ["v4a"] }), says);
    cluster.assertWaited(before, 0);
    assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
  });
}

for (
  const { row, owner, annotations, says } of [
    {
      row: "ipam row 101: a bare Pod",
      owner: undefined,
      annotations: subnet,
      says: /has no controller: auto-created IPPools/,
    },
    {
      row: "ipam row 102: a third-party controller without a number",
      owner: { apiVersion: "x.io/v1", kind: "CloneSet", name: "c", uid: "C1" },
      annotations: subnet,
      says: /whose replicas are unknown: set annotation ipam.spidernet.io\/ippool-ip-number/,
    },
    {
      row: "ipam row 102: a third-party controller, for which nobody makes pools",
      owner: { apiVersion: "x.io/v1", kind: "CloneSet", name: "c", uid: "C1" },
      annotations: { ...subnet, "ippool-ip-number": "3" },
      says: /no matching auto-created IPPool .* CloneSet "ns1\/c" of x.io\/v1 neither this agent nor/,
    },
  ]
) {
  testIpam(`an auto-created pool is not for everybody, ${row}`, async () => {
    await using cluster = await Cluster.start({ pools: scenarioPools });
    const agent = await cluster.agent({ config: waiting });
    const podUID = await cluster.pod("p", { annotations, ...(owner === undefined ? {} : { owner }) });
    await cluster.advance(0);
    assert.match(await agent.refusal({ podName: "p", podUID }), says);
    assert.deepEqual(cluster.held(), []);
  });
}

async function explainError(cluster: Cluster, agent: Agent): Promise<string | undefined> {
  const asked = { podNamespace: "ns1", podName: "p" };
  const answer = await cluster.drive(agent.ipam.service.explain(asked, new AbortController().signal));
  return answer?.attachments[0]?.error;
}
