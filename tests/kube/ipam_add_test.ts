import assert from "node:assert/strict";
import { Cluster, scenarioPools } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const dual = { defaultIPv4IPPool: ["v4a"], defaultIPv6IPPool: ["v6a"] };

for (const http of [false, true]) {
  testIpam(`ADD dual stack ${http ? "over HTTP" : "in process"}: answer, records and endpoint`, async () => {
    await using cluster = await Cluster.start({ http });
    const agent = await cluster.agent();
    const uid = await cluster.pod("p");
    const answer = await agent.add({ podName: "p", podUID: uid, ...dual });
    assert.deepEqual(answer, {
      ips: [
        { version: 4, address: "10.1.0.10/24", nic: "eth0", gateway: "10.1.0.1", ipPool: "v4a" },
        { version: 6, address: "fd00:1::10/64", nic: "eth0", gateway: "fd00:1::1", ipPool: "v6a" },
      ],
      routes: [
        { ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" },
        { ifName: "eth0", dst: "::/0", gw: "fd00:1::1" },
      ],
    });
    assert.deepEqual(cluster.records("v4a"), { "10.1.0.10": { pod: "ns1/p", podUid: uid, node: "n1" } });
    assert.deepEqual(cluster.records("v6a"), { "fd00:1::10": { pod: "ns1/p", podUid: uid, node: "n1" } });
    const { metadata, status } = cluster.endpoint("p")!;
    assert.deepEqual(status, {
      current: {
        uid,
        node: "n1",
        ips: [{
          interface: "eth0",
          ipv4: "10.1.0.10/24",
          ipv4Pool: "v4a",
          ipv4Gateway: "10.1.0.1",
          ipv6: "fd00:1::10/64",
          ipv6Pool: "v6a",
          ipv6Gateway: "fd00:1::1",
          vlan: 0,
          cleanGateway: false,
        }],
      },
      ownerControllerType: "Pod",
      ownerControllerName: "p",
    });
    assert.deepEqual(metadata.finalizers, ["spiderpool.spidernet.io"]);
    assert.deepEqual(metadata.ownerReferences, [{ apiVersion: "v1", kind: "Pod", name: "p", uid }]);
    assert.deepEqual(metadata.annotations, { "ipam.spidernet.io/attachments": '{"eth0":{"containerId":"c1"}}' });
    assert.deepEqual(await agent.journal.list(), []);
    await cluster.removePod("p");
    await agent.del({ podName: "p", podUID: uid });
    assert.deepEqual([cluster.held(), cluster.endpoint("p")], [[], undefined]);
  });
}

testIpam("row 53: with both families enabled, only the family that is listed is allocated", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const uid = await cluster.pod("p", { annotations: { ippool: '{"ipv4":["v4b"]}' } });
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, ...dual }), ["eth0 10.2.0.10/24 v4b"]);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p eth0"]);
});

testIpam("ADD takes from pools that no webhook has completed: no ipVersion, IPv4 and IPv6", async () => {
  const pools = {
    plain4: { subnet: "10.3.0.0/24", ips: ["10.3.0.10"], default: true },
    plain6: { subnet: "fd00:3::/64", ips: ["fd00:3::10"], default: true },
  };
  await using cluster = await Cluster.start({ pools });
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid }), [
    "eth0 10.3.0.10/24 plain4",
    "eth0 fd00:3::10/64 plain6",
  ]);
});

testIpam("ipam row 65, 66: routes of the pool and of the Pod, stored and answered alike", async () => {
  const v4a = { ...scenarioPools.v4a, routes: [{ dst: "10.9.0.0/16", gw: "10.1.0.2" }] };
  await using cluster = await Cluster.start({ pools: { v4a } });
  const agent = await cluster.agent();
  const routes = '[{"dst":"10.8.0.0/16","gw":"10.1.0.9"},{"dst":"10.7.0.0/16","gw":"172.16.0.1"}]';
  const uid = await cluster.pod("p", { annotations: { routes } });
  const request = { podName: "p", podUID: uid, defaultIPv4IPPool: ["v4a"] };
  const answer = await agent.add(request);
  assert.deepEqual(answer.routes, [
    { ifName: "eth0", dst: "10.9.0.0/16", gw: "10.1.0.2" },
    { ifName: "eth0", dst: "10.8.0.0/16", gw: "10.1.0.9" },
    { ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" },
  ]);
  assert.deepEqual(cluster.endpoint("p")?.status?.current.ips[0]?.routes, [
    { dst: "10.9.0.0/16", gw: "10.1.0.2" },
    { dst: "10.8.0.0/16", gw: "10.1.0.9" },
  ]);
  assert.deepEqual(await agent.add(request), answer);
});

testIpam(
  "an ADD without contention costs one write per pool, one for the endpoint, and no read of the pool",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    await agent.add({ podName: "warm", podUID: await cluster.pod("warm"), ...dual });
    const uid = await cluster.pod("p");
    await cluster.advance(0); // the watch tells of the Pod
    agent.connection.requests.length = 0;
    await agent.add({ podName: "p", podUID: uid, ...dual });
    assert.deepEqual(agent.connection.requests.toSorted(), [
      "create spiderendpoints",
      "update spiderippools/status",
      "update spiderippools/status",
    ]);
  },
);

testIpam("a Pod that was there before the agent may have an endpoint: its first ADD looks", async () => {
  await using cluster = await Cluster.start();
  const podUID = await cluster.pod("p");
  const agent = await cluster.agent();
  await agent.add({ podName: "p", podUID, ...dual });
  assert.equal(agent.connection.count("get spiderendpoints"), 1);
});

testIpam("an endpoint that an earlier Pod of the name left is found by the conflict, and taken over", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  await agent.add({ podName: "p", podUID: await cluster.pod("p"), ...dual });
  await cluster.removePod("p"); // its DEL never came
  const podUID = await cluster.pod("p");
  await cluster.advance(0); // the watch tells of the Pod
  agent.connection.requests.length = 0;
  await agent.add({ podName: "p", podUID, ...dual });
  const endpoint = cluster.endpoint("p");
  assert.equal(endpoint?.status?.current.uid, podUID);
  assert.equal(agent.connection.count("create spiderendpoints") > 0, true);
});

testIpam(
  "64 concurrent ADDs on one pool cost far fewer than 64 writes of it, and all get an address of their own",
  async () => {
    const pools = { v4: { subnet: "10.4.0.0/16", ips: ["10.4.1.0-10.4.2.255"], default: true } };
    await using cluster = await Cluster.start({ pools });
    const agent = await cluster.agent();
    const names = Array.from({ length: 64 }, (_, i) => `p${i}`);
    const uids = await Promise.all(names.map((name) => cluster.pod(name)));
    agent.connection.requests.length = 0;
    const adds = names.map((podName, i) => agent.startAdd({ podName, podUID: uids[i]! }));
    const answers = await cluster.drive(Promise.all(adds));
    assert.equal(new Set(answers.map(({ ips }) => ips?.[0]?.address)).size, 64);
    assert.equal(cluster.held().length, 64);
    const writes = agent.connection.count("update spiderippools/status");
    assert.ok(writes <= 8, `${writes} writes`);
    assert.equal(agent.connection.count("create spiderendpoints"), 64);
  },
);

testIpam("ipam row 69: a repeated ADD of the same container has the same answer and writes nothing", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const request = { podName: "p", podUID: await cluster.pod("p"), ...dual };
  await cluster.advance(0); // the watch tells of the Pod
  const first = await agent.add(request);
  agent.connection.requests.length = 0;
  assert.deepEqual(await agent.add(request), first);
  assert.deepEqual(agent.connection.requests.toSorted(), [
    "get spiderendpoints",
    "get spiderippools",
    "get spiderippools",
  ]);
  assert.equal(cluster.held().length, 2);
});

testIpam(
  "ipam row 69: a new container of the Pod keeps the address; only the endpoint's annotation is written",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const request = { podName: "p", podUID: await cluster.pod("p"), ...dual };
    const first = await agent.add(request);
    agent.connection.requests.length = 0;
    assert.deepEqual(await agent.add({ ...request, containerID: "c2" }), first);
    assert.equal(agent.connection.count("update spiderippools/status"), 0);
    assert.equal(agent.connection.count("update spiderendpoints"), 1);
    assert.equal(
      cluster.endpoint("p")?.metadata.annotations?.["ipam.spidernet.io/attachments"],
      '{"eth0":{"containerId":"c2","former":["c1"]}}',
    );
  },
);

testIpam("ipam row 70: two NICs of one Pod at once share the endpoint", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  const answers = await cluster.drive(
    Promise.all(
      ["eth0", "net1"].map((ifName) =>
        agent.startAdd({ podName: "p", podUID: uid, ifName, defaultIPv4IPPool: ["v4b"] })
      ),
    ),
  );
  assert.deepEqual(answers.map(({ ips }) => ips?.length), [1, 2]);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p eth0", "v4b 10.2.0.11 ns1/p net1"]);
  const nics = cluster.endpoint("p")?.status?.current.ips.map((ip) => ip.interface);
  assert.deepEqual(nics, ["eth0", "net1"]);
});

testIpam("ipam row 73: a Pod that the watch does not know yet is read", async () => {
  await using cluster = await Cluster.start();
  cluster.api.setFaults(({ verb, resource }) =>
    verb === "watch" && resource === "pods" ? { watch: { delayEventsMs: 60_000 } } : undefined
  );
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, defaultIPv4IPPool: ["v4a"] }), [
    "eth0 10.1.0.10/24 v4a",
  ]);
  assert.equal(agent.connection.count("get pods"), 1);
}, { onlyEmbedded: true });

testIpam("row 48: a record of the Pod without an endpoint is its own: no second address", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  await cluster.putRecords("v4a", { "10.1.0.11": { pod: "ns1/p", podUid: uid } });
  assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, defaultIPv4IPPool: ["v4a"] }), [
    "eth0 10.1.0.11/24 v4a",
  ]);
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/p eth0"]);
});

testIpam(
  "ipam row 71: a Pod made anew under the name gets an address of its own; the old Pod's DEL frees the old one",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const old = await cluster.pod("p");
    const pools = { defaultIPv4IPPool: ["v4a"] };
    await agent.add({ podName: "p", podUID: old, ...pools });
    await cluster.removePod("p");
    const uid = await cluster.pod("p");
    assert.deepEqual(await agent.addresses({ podName: "p", podUID: uid, containerID: "c2", ...pools }), [
      "eth0 10.1.0.11/24 v4a",
    ]);
    assert.equal(cluster.endpoint("p")?.status?.current.uid, uid);
    assert.equal(cluster.held().length, 2);
    await agent.del({ podName: "p", podUID: old });
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.11 ns1/p eth0"]);
    assert.equal(cluster.endpoint("p")?.status?.current.uid, uid);
  },
);

const lostRecords: { name: string; records: Record<string, unknown>; want: string }[] = [
  { name: "free: it is put back", records: {}, want: "10.1.0.11" },
  {
    name: "another Pod's: another one is taken",
    records: { "10.1.0.11": { pod: "ns1/r", podUid: "U9" } },
    want: "10.1.0.12", // 10.1.0.10 was given back a moment ago
  },
];
for (const { name, records, want } of lostRecords) {
  testIpam(`an endpoint whose address is no longer recorded is not believed; the address is ${name}`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    await agent.add({ podName: "q", podUID: await cluster.pod("q"), defaultIPv4IPPool: ["v4a"] });
    const request = { podName: "p", podUID: await cluster.pod("p"), defaultIPv4IPPool: ["v4a"] };
    assert.deepEqual(await agent.addresses(request), ["eth0 10.1.0.11/24 v4a"]);
    await cluster.putRecords("v4a", records);
    assert.deepEqual(await agent.addresses(request), [`eth0 ${want}/24 v4a`]);
    assert.deepEqual(cluster.records("v4a")[want], { pod: "ns1/p", podUid: request.podUID, node: "n1" });
    assert.equal(cluster.endpoint("p")?.status?.current.ips[0]?.ipv4, `${want}/24`);
    assert.equal(cluster.endpoint("p")?.status?.current.ips.length, 1);
  });
}

testIpam("ADD that replaces addresses of its endpoint frees the records of those it no longer lists", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const uid = await cluster.pod("p");
  await agent.add({ podName: "p", podUID: uid, ...dual });
  await cluster.putRecords("v6a", {}); // somebody removed the IPv6 record: the endpoint is not to be believed
  const moved = { defaultIPv4IPPool: ["v4b"], defaultIPv6IPPool: ["v6a"] };
  const addresses = await agent.addresses({ podName: "p", podUID: uid, ...moved });
  assert.deepEqual(addresses, ["eth0 10.2.0.10/24 v4b", "eth0 fd00:1::10/64 v6a"]);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/p eth0", "v6a fd00:1::10 ns1/p eth0"]);
  assert.deepEqual(await agent.journal.list(), []);
});
