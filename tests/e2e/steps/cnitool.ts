import assert from "node:assert/strict";
import { pods } from "../../../crd/core/mod.ts";
import { resourceClient } from "../../../crd/kube/mod.ts";
import { systemClock } from "../../../net/base/clock.ts";
import type { Node } from "../../../scripts/cluster/mod.ts";
import { assertSettled, readFacts } from "../checker.ts";
import type { Bed } from "../bed.ts";
import { addressesIn } from "../links.ts";
import type { Step } from "../step.ts";
import { NAMESPACE, networkOf, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

/** Interface that cnitool makes, in a network namespace of its own. */
const IFNAME = "net7";
const NETNS = "cnitool";
const CONF = "/run/cnitool";

const objects = [poolOf("tool-v4", "172.22.7.1-172.22.7.9"), networkOf("tool", { v4: "tool-v4" })];

/** The reference runtime library drives the plugin, for one more interface of a Pod that runs. */
export const cnitool: Step = {
  name: "cnitool: ADD, CHECK, DEL, GC, STATUS through the reference runtime library",
  async run(bed) {
    await deploy(bed, { name: "tool", objects, wish: { replicas: 1, network: "tool" } });
    const { node, env } = await attachmentOf(bed);
    const call = (verb: string) =>
      node.exec("env", ...env, bed.cluster.programPath("cnitool"), verb, "tool", `/run/netns/${NETNS}`);
    await node.exec("ip", "netns", "add", NETNS);
    try {
      await call("status");
      const { ips } = JSON.parse(await call("add")) as { ips: { address: string }[] };
      const added = { ifname: IFNAME, address: ips[0]?.address.split("/")[0] };
      assert.deepEqual(await addressesIn(node.hostPath(`/run/netns/${NETNS}`)), [added]);
      assert.deepEqual(await recordsOf(bed), [added.address]);
      await call("check");
      await call("gc");
      assert.deepEqual(await recordsOf(bed), [added.address]); // GC of one network frees nothing of others
      await call("del");
      assert.deepEqual(await recordsOf(bed), []);
      await call("del");
    } finally {
      await node.exec("ip", "netns", "del", NETNS);
    }
    await assertSettled(bed.cluster);
    await remove(bed, "tool", objects);
  },
};

/** The Pod's node, with a CNI configuration written there, and the environment of a runtime. */
async function attachmentOf(bed: Bed): Promise<{ readonly node: Node; readonly env: readonly string[] }> {
  using api = await bed.cluster.control.openApi();
  const { items } = await resourceClient(api.transport, pods, { clock: systemClock }).listAll({
    namespace: NAMESPACE,
    labelSelector: "app=tool",
  });
  const [pod] = items;
  assert(pod !== undefined);
  const node = bed.cluster.node(pod.spec.nodeName ?? "");
  const ipam = { type: "spiderpool", default_ipv4_ippool: ["tool-v4"] };
  const plugin = { type: "macvlan", master: "eth1", mode: "bridge", ipam };
  const text = JSON.stringify({ cniVersion: "1.1.0", name: "tool", plugins: [plugin] });
  await node.machine.writeFile(`${CONF}/tool.conflist`, { text });
  const { name, uid } = pod.metadata;
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${NAMESPACE};K8S_POD_NAME=${name};K8S_POD_UID=${uid};` +
    "K8S_POD_INFRA_CONTAINER_ID=cnitool";
  const env = [`NETCONFPATH=${CONF}`, "CNI_PATH=/opt/cni/bin", `CNI_IFNAME=${IFNAME}`, `CNI_ARGS=${args}`];
  return { node, env };
}

async function recordsOf(bed: Bed): Promise<string[]> {
  const { pools } = await readFacts(bed.cluster);
  return pools.flatMap(({ records }) => records).filter(({ nic }) => nic === IFNAME).map(({ address }) => address);
}
