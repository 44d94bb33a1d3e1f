import assert from "node:assert/strict";
import { parseAddress } from "../../net/ip/mod.ts";
import { Cluster, scenarioPools } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const networks = { "k8s.v1.cni.cncf.io/networks": "b/n2" };

function nicsOf(cluster: Cluster): string[] {
  return cluster.endpoint("p")?.status?.current.ips.map((ip) => `${ip.interface} ${ip.ipv4} ${ip.ipv4Pool}`) ?? [];
}

testIpam(
  "ipam row 55: the ADD of eth0 allocates for all NICs of ippools, the ADD of net1 answers from the endpoint",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const ippools = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"]}]';
    const podUID = await cluster.pod("p", { annotations: { ippools, ...networks } });
    const both = ["eth0 10.1.0.10/24 v4a", "net1 10.2.0.10/24 v4b"];
    assert.deepEqual(await agent.addresses({ podName: "p", podUID }), both);
    assert.deepEqual(nicsOf(cluster), both);
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0", "v4b 10.2.0.10 ns1/p net1"]);
    agent.connection.requests.length = 0;
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ifName: "net1" }), both.toReversed());
    assert.equal(agent.connection.count("update spiderippools/status"), 0);
    assert.equal(agent.connection.count("update spiderendpoints"), 0, "the first ADD wrote its container for both");
  },
);

testIpam(
  "ippools are all or nothing: the second NIC's pool is full, the first NIC's address is given back",
  async () => {
    await using cluster = await Cluster.start({ pools: { ...scenarioPools, v4b: { ...scenarioPools.v4b, ips: [] } } });
    const agent = await cluster.agent();
    const ippools = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"]}]';
    const podUID = await cluster.pod("p", { annotations: { ippools } });
    assert.equal(
      await agent.refusal({ podName: "p", podUID }),
      'Cannot allocate addresses: all IP addresses used out: IPv4 of "net1" from the Pod annotation ' +
        '"ipam.spidernet.io/ippools": IPPool "v4b": all IP addresses used out (0 usable)',
    );
    assert.deepEqual([cluster.held(), cluster.endpoint("p"), await agent.journal.list()], [[], undefined, []]);
  },
);

testIpam("ipam row 62: two NICs on one pool in one ADD get two addresses", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const ippools = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4a"]}]';
  const podUID = await cluster.pod("p", { annotations: { ippools } });
  const addresses = await agent.addresses({ podName: "p", podUID });
  assert.deepEqual(addresses.map((text) => text.split(" ")[0]), ["eth0", "net1"]);
  assert.deepEqual(addresses.map((text) => text.split(" ")[1]).sort(), ["10.1.0.10/24", "10.1.0.11/24"]);
  assert.equal(agent.connection.count("update spiderippools/status"), 1);
  assert.deepEqual((await agent.addresses({ podName: "p", podUID, ifName: "net1" })).sort(), addresses.toSorted());
});

testIpam(
  "ipam row 63: two NICs on one pool in two ADDs get two addresses, also after upstream rewrote the records",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const podUID = await cluster.pod("p", { annotations: { ippool: '{"ipv4":["v4b"]}' } });
    assert.deepEqual(await agent.addresses({ podName: "p", podUID }), ["eth0 10.2.0.10/24 v4b"]);
    await cluster.putRecords("v4b", { "10.2.0.10": { pod: "ns1/p", podUid: podUID } });
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ifName: "net1" }), [
      "net1 10.2.0.11/24 v4b",
      "eth0 10.2.0.10/24 v4b",
    ]);
    const upstream = { pod: "ns1/p", podUid: podUID };
    await cluster.putRecords("v4b", { "10.2.0.10": upstream, "10.2.0.11": upstream });
    for (const ifName of ["net1", "eth0"]) {
      const addresses = await agent.addresses({ podName: "p", podUID, ifName });
      assert.deepEqual(addresses.toSorted(), ["eth0 10.2.0.10/24 v4b", "net1 10.2.0.11/24 v4b"]);
    }
    assert.equal(cluster.held().length, 2);
  },
);

testIpam("ipam row 64: a NIC with cleangateway has a gateway and no default route", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const ippools = '[{"interface":"eth0","ipv4":["v4a"]},{"interface":"net1","ipv4":["v4b"],"cleangateway":true}]';
  const podUID = await cluster.pod("p", { annotations: { ippools } });
  const { ips, routes } = await agent.add({ podName: "p", podUID });
  assert.deepEqual(ips?.map(({ nic, gateway }) => `${nic} ${gateway}`), ["eth0 10.1.0.1", "net1 10.2.0.1"]);
  assert.deepEqual(routes, [{ ifName: "eth0", dst: "0.0.0.0/0", gw: "10.1.0.1" }]);
  assert.deepEqual(cluster.endpoint("p")?.status?.current.ips.map(({ cleanGateway }) => cleanGateway), [false, true]);
});

testIpam("agent rows 8.6.1, 8.6.2, 8.6.3: the endpoint of a Pod is answered as it stands, with routes", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent();
  const { signal } = new AbortController();
  const key = { namespace: "ns1", name: "p" };
  assert.equal(await cluster.drive(agent.ipam.service.endpoint(key, signal)), undefined);
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, defaultIPv4IPPool: ["v4a"] });
  assert.deepEqual(await cluster.drive(agent.ipam.service.endpoint(key, signal)), {
    podNamespace: "ns1",
    podName: "p",
    podUID,
    node: "n1",
    interfaces: [{
      interface: "eth0",
      ipv4: "10.1.0.10/24",
      ipv4Pool: "v4a",
      ipv4Gateway: "10.1.0.1",
      routes: [],
    }],
  });
});

testIpam(
  "ipam row 60: unnamed ippools are the Pod's NICs in Multus' order: real names at once, no second write",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const podUID = await cluster.pod("p", {
      annotations: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', ...networks },
    });
    await agent.add({ podName: "p", podUID });
    const both = ["eth0 10.1.0.10/24 v4a", "net1 10.2.0.10/24 v4b"];
    assert.deepEqual(nicsOf(cluster), both);
    agent.connection.requests.length = 0;
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ifName: "net1" }), both.toReversed());
    assert.equal(agent.connection.count("update spiderendpoints"), 0);
    assert.deepEqual(nicsOf(cluster), both);
  },
);

testIpam(
  "ipam row 61: unnamed ippools, and eth0 is another IPAM's: the first ADD is net1's, under its own name",
  async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent();
    const podUID = await cluster.pod("p", {
      annotations: { ippools: '[{"ipv4":["v4a"]},{"ipv4":["v4b"]}]', ...networks },
    });
    const [first] = await agent.addresses({ podName: "p", podUID, ifName: "net1" });
    assert.equal(first, "net1 10.2.0.10/24 v4b");
  },
);

testIpam("ipam row 34: the addresses of the NIC's master choose the pool", async () => {
  await using cluster = await Cluster.start();
  const asked: string[] = [];
  const agent = await cluster.agent({
    master: ({ netNamespace, ifName }) => {
      asked.push(`${netNamespace} ${ifName}`);
      return Promise.resolve({ addresses: [parseAddress("10.2.0.7")] });
    },
  });
  const request = { podName: "p", podUID: await cluster.pod("p"), defaultIPv4IPPool: ["v4a", "v4b"] };
  assert.deepEqual(await agent.addresses({ ...request, matchMasterSubnet: true }), ["eth0 10.2.0.10/24 v4b"]);
  assert.deepEqual(asked, ["/proc/1/ns/net eth0"]);
  const other = { ...request, podName: "q", podUID: await cluster.pod("q") };
  assert.deepEqual(await agent.addresses(other), ["eth0 10.1.0.10/24 v4a"], "nobody looks where nobody asks");
  assert.equal(asked.length, 1);
});
