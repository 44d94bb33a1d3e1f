import assert from "node:assert/strict";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4 = { defaultIPv4IPPool: ["v4a"] };
const dual = { ...v4, defaultIPv6IPPool: ["v6a"] };
const annotations = { ippool: '{"ipv4":["v4a"]}' };
const conflictIPs = [{ ip: "10.1.0.10", mac: "02:00:00:00:00:01" }, { ip: "fd00:1::10" }];

/** A cluster with Pod `p`, which has an IPv4 and an IPv6 address. */
async function withPod(config: Parameters<Cluster["agent"]>[0] = {}) {
  const cluster = await Cluster.start();
  const agent = await cluster.agent(config);
  const podUID = await cluster.pod("p");
  await agent.add({ podName: "p", podUID, ...dual });
  return { cluster, agent, podUID };
}

/** A cluster with Pod `db-0` of StatefulSet `db`, which has an address. */
async function withStatefulSet(config: Parameters<Cluster["agent"]>[0] = {}) {
  const cluster = await Cluster.start();
  const agent = await cluster.agent(config);
  const owner = await cluster.statefulSet("db", { replicas: 1 });
  const podUID = await cluster.pod("db-0", { annotations, owner });
  await agent.add({ podName: "db-0", podUID });
  return { cluster, agent, owner, podUID };
}

testIpam("a batch release frees everything of a living Pod and empties its endpoint, pools first", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, ifName: "net1", ...v4 });
  agent.connection.requests.length = 0;
  await agent.batch({ podName: "p", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("p")?.status?.current.ips], [[], []]);
  assert.deepEqual(agent.connection.requests, [
    "get pods",
    "get spiderendpoints",
    "update spiderippools/status",
    "update spiderippools/status",
    "update spiderendpoints",
  ]);
  await agent.batch({ podName: "p", podUID });
  assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.12/24 v4a"]);
});

testIpam("agent row 8.5.1: a batch release without a UID means who has the name; of none it is done", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  await agent.batch({ podName: "nobody", podUID: "" });
  assert.equal(cluster.held().length, 2);
  await agent.batch({ podName: "p", podUID: "" });
  assert.deepEqual(cluster.held(), []);
});

testIpam("a batch release of a Pod without an endpoint is an error", async () => {
  const { cluster, agent } = await withPod();
  await using _ = cluster;
  const podUID = await cluster.pod("q");
  await assert.rejects(agent.batch({ podName: "q", podUID }), {
    message: 'Cannot release addresses: Pod "ns1/q" has no SpiderEndpoint; a DEL frees what it may hold',
  });
});

testIpam("row 95: a batch release with another UID than the endpoint's is an error and frees nothing", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await assert.rejects(agent.batch({ podName: "p", podUID: "U0" }), {
    code: "pod-uid-mismatch",
    message: `Cannot release addresses: SpiderEndpoint "ns1/p" is of Pod UID "${podUID}", not of "U0"`,
  });
  assert.equal(cluster.held().length, 2);
});

testIpam("a late batch release of a sandbox that was replaced frees nothing", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.add({ podName: "p", podUID, containerID: "c2", ...dual });
  await agent.batch({ podName: "p", podUID, containerID: "c1" });
  assert.equal(cluster.held().length, 2);
});

for (const report of [{ isReleaseConflictIPs: true }, { conflictIPs }]) {
  const name = Object.keys(report).join();

  testIpam(
    `row 93: a conflict (${name}) of a StatefulSet's Pod is answered with 522, and the Pod keeps its address`,
    async () => {
      const { cluster, agent, podUID } = await withStatefulSet();
      await using _ = cluster;
      await assert.rejects(agent.batch({ podName: "db-0", podUID, ...report }), (err) => {
        assert.ok(err instanceof Error && "status" in err);
        assert.equal(err.status, 522);
        assert.match(
          err.message,
          /forbid releasing IPs for stateful workload : the addresses of a StatefulSet are fixed, Pod "ns1\/db-0" keeps/,
        );
        const mac =
          /; 10\.1\.0\.10 is answered for by 02:00:00:00:00:01, fd00:1::10 is answered for by an unknown host$/;
        assert.equal(mac.test(err.message), "conflictIPs" in report);
        return true;
      });
      assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/db-0 eth0"]);
    },
  );

  testIpam(`agent row 3.13, ipam row 93: a conflict (${name}) is answered with 521 where that is off`, async () => {
    const { cluster, agent, podUID } = await withPod({ config: { releaseConflictIPs: false } });
    await using _ = cluster;
    await assert.rejects(agent.batch({ podName: "p", podUID, ...report }), {
      status: 521,
      message: /forbid releasing IPs for stateless workload: SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS is false/,
    });
    assert.equal(cluster.held().length, 2);
  });
}

testIpam("a conflict of a StatefulSet's Pod is served like any other while its addresses are not fixed", async () => {
  const { cluster, agent, podUID } = await withStatefulSet({ features: { enableStatefulSet: false } });
  await using _ = cluster;
  await agent.batch({ podName: "db-0", podUID, conflictIPs });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/db-0/quarantine eth0"]);
});

testIpam("isReleaseConflictIPs alone frees everything of a stateless Pod and sets nothing aside", async () => {
  const { cluster, agent, podUID } = await withPod();
  await using _ = cluster;
  await agent.batch({ podName: "p", podUID, isReleaseConflictIPs: true });
  assert.deepEqual(cluster.held(), []);
});

testIpam("row 94: without the flag a StatefulSet's Pod is freed, and its next ADDs are served", async () => {
  const { cluster, agent, owner, podUID } = await withStatefulSet();
  await using _ = cluster;
  await agent.batch({ podName: "db-0", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("db-0")?.status?.current.ips], [[], []]);
  await agent.add({ podName: "db-0", podUID });
  await agent.batch({ podName: "db-0", podUID });
  await cluster.removePod("db-0");
  const next = await cluster.pod("db-0", { annotations, owner });
  assert.equal((await agent.addresses({ podName: "db-0", podUID: next, containerID: "c2" })).length, 1);
  assert.equal(cluster.endpoint("db-0")?.status?.current.uid, next);
});

const vmi = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", name: "vm1", uid: "V1" };

for (const { name, removed } of [{ name: "lives", removed: false }, { name: "is gone", removed: true }]) {
  testIpam(`ipam row 87: a batch release for a VM whose Pod ${name} finds the endpoint by the VM's name`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ features: { enableKubevirt: true } });
    const podName = "virt-launcher-vm1-abcde";
    const podUID = await cluster.pod(podName, { annotations, owner: vmi });
    await agent.add({ podName, podUID });
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/vm1 eth0"]);
    if (removed) await cluster.removePod(podName);
    await agent.batch({ podName, podUID });
    assert.deepEqual([cluster.held(), cluster.endpoint("vm1")?.status?.current.ips], [[], []]);
  });
}

testIpam("a conflict of a VM's Pod is answered with 522", async () => {
  await using cluster = await Cluster.start();
  const agent = await cluster.agent({ features: { enableKubevirt: true } });
  const podName = "virt-launcher-vm1-abcde";
  const podUID = await cluster.pod(podName, { annotations, owner: vmi });
  await agent.add({ podName, podUID });
  await assert.rejects(agent.batch({ podName, podUID, conflictIPs }), {
    status: 522,
    message: /the addresses of a VM are fixed, VM "ns1\/vm1" \(Pod "ns1\/virt-launcher-vm1-abcde"\) keeps them; 10\./,
  });
});

for (const { name, removed } of [{ name: "that lives", removed: false }, { name: "that is gone", removed: true }]) {
  testIpam(`a batch release of a VM's Pod ${name} frees nothing while the VM runs in another, too`, async () => {
    await using cluster = await Cluster.start();
    const agent = await cluster.agent({ features: { enableKubevirt: true } });
    const labels = { "kubevirt.io/created-by": "V1" };
    for (const suffix of ["abcde", "fghij"]) {
      const podName = `virt-launcher-vm1-${suffix}`;
      const podUID = await cluster.pod(podName, { annotations, labels, owner: vmi });
      await agent.add({ podName, podUID, containerID: suffix });
      if (suffix === "abcde") continue;
      if (removed) await cluster.removePod(podName);
      await agent.batch({ podName, podUID, containerID: suffix });
    }
    assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/vm1 eth0"]);
  });
}
