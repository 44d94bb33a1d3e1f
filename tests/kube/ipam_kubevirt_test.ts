import assert from "node:assert/strict";
import { type Agent, type AgentOptions, type Body, Cluster, type PodOptions } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";
import { createKubevirt, installKubevirt, kubevirtPath, launcher } from "./kubevirt.ts";

const annotations = { ippool: '{"ipv4":["v4a"]}' };
const both: AgentOptions = { features: { enableKubevirt: true } };
const onOwnServer = { needsOwn: true }; // a real API server keeps KubeVirt's Kinds

/** A VM that runs in Pod `l1`, with an address. */
interface Running extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly agent: Agent;
  /** Reference to the VirtualMachine. */
  readonly vm: Body;
  /** Reference to the VirtualMachineInstance. */
  readonly vmi: Body;
  readonly uid: string;
}

async function withVm(options: AgentOptions = both, pod: PodOptions = { annotations }): Promise<Running> {
  const cluster = await Cluster.start();
  await installKubevirt(cluster);
  const agent = await cluster.agent(options);
  const vm = await createKubevirt(cluster, "VirtualMachine", { name: "vm1" });
  const vmi = await createKubevirt(cluster, "VirtualMachineInstance", { name: "vm1", ownerReferences: [vm] });
  const uid = await cluster.pod("l1", launcher(vmi, pod));
  await agent.add({ podName: "l1", podUID: uid });
  return { cluster, agent, vm, vmi, uid, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}

/** Stops the VM: its Pod and instance go. */
async function stopVm({ cluster, agent, uid }: Running): Promise<void> {
  await cluster.removePod("l1");
  await agent.del({ podName: "l1", podUID: uid });
  await cluster.delete(kubevirtPath("VirtualMachineInstance", "vm1"));
}

async function startVm({ cluster, vm }: Running, pod: PodOptions = { annotations }): Promise<string> {
  const vmi = await createKubevirt(cluster, "VirtualMachineInstance", { name: "vm1", ownerReferences: [vm] });
  return await cluster.pod("l2", launcher(vmi, pod));
}

const held = ["v4a 10.1.0.10 ns1/vm1 eth0"];

testIpam("ipam row 85: a VM that is stopped and started keeps its address, under its own name", async () => {
  await using running = await withVm();
  const { cluster, agent } = running;
  assert.deepEqual([cluster.held(), cluster.endpoint("l1")], [held, undefined]);
  await stopVm(running);
  assert.deepEqual(cluster.held(), held);
  const podUID = await startVm(running);
  assert.deepEqual(await agent.addresses({ podName: "l2", podUID, containerID: "c2" }), ["eth0 10.1.0.10/24 v4a"]);
  assert.deepEqual(cluster.records("v4a"), { "10.1.0.10": { pod: "ns1/vm1", podUid: podUID, node: "n1" } });
  const { metadata, status } = cluster.endpoint("vm1")!;
  assert.deepEqual([metadata.ownerReferences, status?.current.uid, status?.ownerControllerType], [
    undefined,
    podUID,
    "VirtualMachineInstance",
  ]);
}, onOwnServer);

testIpam("pools that are named for a VM by now win when it is started again", async () => {
  await using running = await withVm();
  const { cluster, agent } = running;
  await stopVm(running);
  const podUID = await startVm(running, { annotations: { ippool: '{"ipv4":["v4b"]}' } });
  assert.deepEqual(await agent.addresses({ podName: "l2", podUID }), ["eth0 10.2.0.10/24 v4b"]);
  assert.deepEqual(cluster.held(), ["v4b 10.2.0.10 ns1/vm1 eth0"]);
}, onOwnServer);

const probing: AgentOptions = { ...both, config: { enableIPConflictDetection: true } };

/** The Pod that the VM migrates to, with a pool annotation that does not count while it runs. */
async function migrate({ cluster, vmi }: Running, { isRecorded = true } = {}): Promise<string> {
  if (isRecorded) await createKubevirt(cluster, "VirtualMachineInstanceMigration", { name: "m1" });
  const moved = { ippool: '{"ipv4":["v4b"]}', "kubevirt.io/migrationJobName": "m1" };
  return await cluster.pod("l2", launcher(vmi, { annotations: moved, node: "n2" }));
}

function isProbed(answer: Awaited<ReturnType<Agent["add"]>>): unknown[] {
  return (answer.ips ?? []).map(({ address, enableIPConflictDetection }) => [address, enableIPConflictDetection]);
}

testIpam("agent row 10.4, ipam row 86: Pods of a migration share the address, unprobed at the target", async () => {
  await using running = await withVm(probing);
  const { cluster, agent, uid } = running;
  const there = await cluster.agent({ ...probing, node: "n2" });
  const podUID = await migrate(running);
  const request = { podName: "l2", podUID, containerID: "c2" };
  for (let i = 0; i < 2; i++) assert.deepEqual(isProbed(await there.add(request)), [["10.1.0.10/24", undefined]]);
  assert.deepEqual(cluster.held(), held);
  assert.deepEqual(isProbed(await agent.add({ podName: "l1", podUID: uid })), [["10.1.0.10/24", true]]);
  await there.add(request);
  await cluster.terminate("l1");
  await agent.del({ podName: "l1", podUID: uid });
  assert.deepEqual([cluster.held(), cluster.endpoint("vm1")?.status?.current.node], [held, "n2"]);
}, onOwnServer);

testIpam("agent row 10.4, ipam row 86: a Pod that names a migration nobody knows of is probed", async () => {
  await using running = await withVm(probing);
  const podUID = await migrate(running, { isRecorded: false });
  assert.deepEqual(isProbed(await running.agent.add({ podName: "l2", podUID })), [["10.1.0.10/24", true]]);
}, onOwnServer);

testIpam("a migration that fails leaves the address with the VM", async () => {
  await using running = await withVm();
  const { cluster, agent, uid } = running;
  const podUID = await migrate(running);
  await agent.add({ podName: "l2", podUID });
  await cluster.removePod("l2");
  await agent.del({ podName: "l2", podUID });
  assert.deepEqual(cluster.held(), held);
  assert.deepEqual(await agent.addresses({ podName: "l1", podUID: uid }), ["eth0 10.1.0.10/24 v4a"]);
  assert.equal(cluster.records("v4a")["10.1.0.10"]?.podUid, uid);
}, onOwnServer);

testIpam("ipam row 87: the conflict clean-up of a VM's Pod finds the endpoint by the VM's name", async () => {
  await using running = await withVm();
  const { cluster, agent, uid } = running;
  await agent.batch({ podName: "l1", podUID: uid });
  assert.deepEqual([cluster.held(), cluster.endpoint("vm1")?.status?.current.ips], [[], []]);
}, onOwnServer);

async function deleteVm({ cluster }: Running): Promise<void> {
  await cluster.delete(kubevirtPath("VirtualMachineInstance", "vm1"));
  await cluster.delete(kubevirtPath("VirtualMachine", "vm1"));
}

testIpam(
  "ipam row 88: the VM is deleted and its Pod has gone at DEL: its address is freed by the VM's name",
  async () => {
    await using running = await withVm();
    const { cluster, agent, uid } = running;
    await deleteVm(running);
    await cluster.removePod("l1");
    await agent.del({ podName: "l1", podUID: uid });
    assert.deepEqual([cluster.held(), cluster.endpoint("vm1")], [[], undefined]);
    await agent.del({ podName: "l1", podUID: uid });
  },
  onOwnServer,
);

testIpam(
  "a VM that is deleted while it migrates: the DEL of its last Pod frees the address, whoever had it last",
  async () => {
    await using running = await withVm();
    const { cluster, agent, uid } = running;
    const podUID = await migrate(running);
    await agent.add({ podName: "l2", podUID, containerID: "c2" });
    await deleteVm(running);
    await cluster.terminate("l2");
    await agent.del({ podName: "l2", podUID, containerID: "c2" });
    assert.deepEqual(cluster.held(), held, "the other Pod still runs with it");
    await cluster.removePod("l2");
    await cluster.terminate("l1");
    await agent.del({ podName: "l1", podUID: uid });
    assert.deepEqual([cluster.held(), cluster.endpoint("vm1")], [[], undefined]);
  },
  onOwnServer,
);

for (const who of ["the agent that served it", "an agent that was started since"]) {
  testIpam(
    `a VM that is deleted after a migration in vain: a late DEL of its Pod's earlier sandbox frees nothing, by ${who}`,
    async () => {
      await using running = await withVm();
      const { cluster, agent, uid } = running;
      await agent.add({ podName: "l1", podUID: uid, containerID: "c1b" });
      const podUID = await migrate(running);
      await agent.add({ podName: "l2", podUID, containerID: "c2" });
      await cluster.removePod("l2");
      await agent.del({ podName: "l2", podUID, containerID: "c2" });
      await deleteVm(running);
      await cluster.terminate("l1");
      const ending = who.includes("since") ? await cluster.agent(both) : agent;
      for (const containerID of ["c0", "c1"]) await ending.del({ podName: "l1", podUID: uid, containerID });
      assert.deepEqual(cluster.held(), held, "its last sandbox still runs");
      await ending.del({ podName: "l1", podUID: uid, containerID: "c1b" });
      assert.deepEqual([cluster.held(), cluster.endpoint("vm1")], [[], undefined]);
    },
    onOwnServer,
  );
}

testIpam("an instance without a VM frees its address when it is deleted", async () => {
  await using cluster = await Cluster.start();
  await installKubevirt(cluster);
  const agent = await cluster.agent(both);
  const vmi = await createKubevirt(cluster, "VirtualMachineInstance", {
    name: "solo",
    finalizers: ["kubevirt.io/own"],
  });
  const podUID = await cluster.pod("l1", launcher(vmi, { annotations }));
  await agent.add({ podName: "l1", podUID });
  await cluster.terminate("l1");
  await agent.del({ podName: "l1", podUID });
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/solo eth0"], "the instance is still wanted");
  await cluster.delete(kubevirtPath("VirtualMachineInstance", "solo"));
  await agent.del({ podName: "l1", podUID });
  assert.deepEqual([cluster.held(), cluster.endpoint("solo")], [[], undefined]);
}, onOwnServer);

testIpam("what a VM's Pod has is told by the Pod's name, too", async () => {
  await using running = await withVm();
  const { cluster, agent, uid } = running;
  const key = { namespace: "ns1", name: "l1" };
  const view = await cluster.drive(agent.ipam.service.endpoint(key, new AbortController().signal));
  assert.deepEqual([view?.podName, view?.podUID], ["vm1", uid]);
}, onOwnServer);

testIpam("with the feature off a VM's Pod is treated like every other", async () => {
  await using running = await withVm({});
  const { cluster, agent, uid } = running;
  assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/l1 eth0"]);
  await cluster.removePod("l1");
  await agent.del({ podName: "l1", podUID: uid });
  assert.deepEqual([cluster.held(), cluster.endpoint("l1")], [[], undefined]);
  assert.equal(agent.connection.requests.some((request) => request.includes("virtualmachine")), false);
}, onOwnServer);
