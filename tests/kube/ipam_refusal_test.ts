import assert from "node:assert/strict";
import { type Body, Cluster, type PodOptions, type Request, scenarioPools } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4a = { defaultIPv4IPPool: ["v4a"] };
const eth0 = 'IPv4 of "eth0" from';

interface Refusal {
  readonly name: string;
  readonly pod?: PodOptions;
  readonly request?: Partial<Request>;
  readonly pools?: Readonly<Record<string, Body>>;
  readonly want: string;
}

const refusals: Refusal[] = [
  {
    name: "row 8: no source names a pool",
    want: 'Cannot allocate addresses: no IPPool available: neither Pod "ns1/p", its namespace nor the CNI ' +
      "configuration names an IPPool, and no IPPool is the cluster's default (spec.default)",
  },
  {
    name: "an unknown pool in the CNI configuration",
    request: { defaultIPv4IPPool: ["nope"] },
    want: 'Cannot allocate addresses: IPPool "nope" of the CNI configuration does not exist',
  },
  {
    name: "row 11: an unknown pool beside a known one",
    pod: { annotations: { ippool: '{"ipv4":["v4a","nope"]}' } },
    want: 'Cannot allocate addresses: IPPool "nope" of the Pod annotation "ipam.spidernet.io/ippool" does not exist',
  },
  {
    name: "row 10: an empty annotation",
    pod: { annotations: { ippool: "" } },
    want: 'Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/ippool of Pod "ns1/p": it ' +
      "is empty",
  },
  {
    name: "an annotation that is no JSON",
    pod: { annotations: { ippool: '{"ipv4":["v4a"' } },
    want: 'Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/ippool of Pod "ns1/p": it ' +
      'is not JSON: {"ipv4":["v4a"',
  },
  {
    name: "an annotation of another type",
    pod: { annotations: { ippool: '{"ipv4":"v4a"}' } },
    want: 'Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/ippool of Pod "ns1/p": ' +
      "$.ipv4 must be an array, it is a string",
  },
  {
    name: "row 13: an annotation that names nothing",
    pod: { annotations: { ippool: "{}" } },
    want: 'Cannot allocate addresses: no IPPool available: nothing is left for "eth0" of the Pod ' +
      'annotation "ipam.spidernet.io/ippool": no pool is named',
  },
  {
    name: "row 18: a pattern that matches nothing",
    pod: { annotations: { ippool: '{"ipv4":["zz*"]}' } },
    want: 'Cannot allocate addresses: no IPPool available: nothing is left for "eth0" of the Pod ' +
      'annotation "ipam.spidernet.io/ippool": pattern "zz*" matches no IPv4 IPPool for "eth0"',
  },
  {
    name: "row 22: the only pool is disabled",
    request: v4a,
    pools: { v4a: { ...scenarioPools.v4a, disable: true } },
    want: `Cannot allocate addresses: no IPPool available: ${eth0} the CNI configuration: ` +
      'IPPool "v4a": is disabled (spec.disable)',
  },
  {
    name: "ipam row 56: ippools without an item for the NIC",
    pod: { annotations: { ippools: '[{"interface":"net1","ipv4":["v4a"]}]' } },
    want: 'Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/ippools of Pod "ns1/p": ' +
      'no item is for "eth0", only for net1',
  },
  {
    name: "ipam row 67: a route whose families differ",
    pod: { annotations: { routes: '[{"dst":"10.0.0.0/8","gw":"fd00::1"}]' } },
    request: v4a,
    want: 'Cannot allocate addresses: wrong input: annotation ipam.spidernet.io/routes of Pod "ns1/p": ' +
      "$[0]: dst 10.0.0.0/8 and gw fd00::1 are of different families",
  },
  {
    name: "every pool with its own reason",
    request: { defaultIPv4IPPool: ["v4a", "v4b"] },
    pools: {
      v4a: { ...scenarioPools.v4a, nodeName: ["n2"] },
      v4b: { ...scenarioPools.v4b, podAffinity: { matchLabels: { app: "db" } } },
    },
    want: 'Cannot allocate addresses: no IPPool available: IPv4 of "eth0" from the CNI configuration: ' +
      'IPPool "v4a": spec.nodeName allows "n2", the Pod is on node "n1"; IPPool "v4b": ' +
      'spec.podAffinity does not match the Pod: it needs app=db, app is "web"',
  },
  {
    name: "ipam row 72: a Pod that succeeded",
    pod: { restartPolicy: "Never" },
    request: v4a,
    want: 'Cannot allocate addresses: Pod "ns1/p" has succeeded and is not restarted',
  },
  {
    name: "matchMasterSubnet, which needs facts of the host",
    request: { ...v4a, matchMasterSubnet: true },
    want: `Cannot allocate addresses: no IPPool available: ${eth0} the CNI configuration: IPPool "v4a": ` +
      "match_master_subnet is set, but the addresses of the NIC's master are unknown: nobody looked for it",
  },
];

for (const { name, pod = {}, request = {}, pools = scenarioPools, want } of refusals) {
  testIpam(`ADD is refused and holds nothing: ${name}`, async () => {
    await using cluster = await Cluster.start({ pools });
    const agent = await cluster.agent();
    const uid = await cluster.pod("p", pod);
    if (pod.restartPolicy === "Never") {
      await cluster.patch("/api/v1/namespaces/ns1/pods/p/status", { status: { phase: "Succeeded" } });
    }
    await cluster.advance(0);
    assert.equal(await agent.refusal({ podName: "p", podUID: uid, ...request }), want);
    assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
    const writes = agent.connection.requests.filter((operation) => /create|update|patch/.test(operation));
    assert.deepEqual(writes.filter((operation) => !operation.endsWith(" events")), []);
  });
}

testIpam("row 15: a namespace annotation that is no JSON", async () => {
  await using cluster = await Cluster.start();
  await cluster.patch("/api/v1/namespaces/ns1", {
    metadata: { annotations: { "ipam.spidernet.io/default-ipv4-ippool": "v4a" } },
  });
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  assert.equal(
    await agent.refusal({ podName: "p", podUID: uid, ...v4a }),
    'Cannot allocate addresses: annotation ipam.spidernet.io/default-ipv4-ippool of namespace "ns1": it is not JSON: v4a',
  );
  assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
});

testIpam("ADD is refused and holds nothing: a Pod that does not exist", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  assert.equal(
    await agent.refusal({ podName: "p", podUID: "U1", ...v4a }),
    'Cannot allocate addresses: there is no Pod "ns1/p" in the API',
  );
  assert.deepEqual([cluster.held(), await agent.journal.list()], [[], []]);
});

testIpam("ADD is refused and holds nothing: the Pod's UID is another", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  assert.equal(
    await agent.refusal({ podName: "p", podUID: "U0", ...v4a }),
    `Cannot allocate addresses: Pod "ns1/p" has UID "${uid}" by now, the runtime asks for UID "U0"`,
  );
  assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
});

const staticAnnotations = { "kubernetes.io/config.mirror": "H1", "kubernetes.io/config.hash": "H1" };
for (const by of ["its own UID, which the API does not know", "its mirror's UID"]) {
  testIpam(`ipam row 96: a static Pod gets its address by ${by}, and its DEL frees it`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid: cluster.nodeUid };
    const mirror = await cluster.pod("p", { annotations: staticAnnotations, owner });
    const request = { podName: "p", podUID: by.startsWith("its own") ? "H1" : mirror };
    assert.deepEqual(await agent.addresses({ ...request, ...v4a }), ["eth0 10.1.0.10/24 v4a"]);
    assert.deepEqual(cluster.records("v4a"), { "10.1.0.10": { pod: "ns1/p", podUid: mirror, node: "n1" } });
    assert.equal(cluster.endpoint("p")?.metadata.ownerReferences?.find(({ kind }) => kind === "Pod")?.uid, mirror);
    await agent.del(request);
    assert.equal(cluster.held().length, 1, "it lives");
    await cluster.removePod("p");
    await agent.del({ ...request, podUID: "H1" });
    assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
  });
}

testIpam("ipam row 96: a static Pod whose mirror is made anew keeps its address, and its DEL frees it", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid: cluster.nodeUid };
  await cluster.pod("p", { annotations: staticAnnotations, owner });
  const request = { podName: "p", podUID: "H1", ...v4a };
  await agent.add(request);
  await cluster.removePod("p"); // somebody deletes the mirror, the containers go on running
  await agent.add({ podName: "q", podUID: await cluster.pod("q"), ...v4a });
  const mirror = await cluster.pod("p", { annotations: staticAnnotations, owner });
  await agent.del(request);
  assert.deepEqual(await agent.addresses({ ...request, containerID: "c2" }), ["eth0 10.1.0.10/24 v4a"]);
  assert.equal(cluster.records("v4a")["10.1.0.10"]?.podUid, mirror);
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0", "v4a 10.1.0.11 ns1/q eth0"]);
  await cluster.removePod("p");
  await agent.del({ ...request, containerID: "c2" });
  assert.deepEqual([cluster.held().length, cluster.endpoint("p")], [1, undefined]);
});
