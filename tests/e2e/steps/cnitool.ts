import assert from "node:assert/strict";
import { pods } from "../../../crd/core/mod.ts";
import { resourceClient } from "../../../crd/kube/mod.ts";
import { systemClock } from "../../../net/base/clock.ts";
import type { Node } from "../../../scripts/cluster/mod.ts";
import { readFacts } from "../checker.ts";
import type { Bed } from "../bed.ts";
import { addressesIn } from "../links.ts";
import { waitUntil } from "../../../scripts/cluster/wait.ts";
import { PATIENCE_MS, PATIENT } from "../patience.ts";
import type { Step } from "../step.ts";
import { NAMESPACE, networkOf, poolOf } from "../workload.ts";
import { deploy } from "./families.ts";
import { allFree } from "./install.ts";

/** Interface that cnitool makes, in a network namespace of its own. */
const IFNAME = "net7";
const NETNS = "cnitool";
const CONF = "/run/cnitool";

const objects = [poolOf("tool-v4", "172.22.7.1-172.22.7.9"), networkOf("tool", { v4: "tool-v4" })];

/** Networks for cnitool: behind a main plugin as old as the distribution's, and our plugin alone, which knows STATUS and GC. */
const ipam = { type: "spiderpool", default_ipv4_ippool: ["tool-v4"] };
const configurations = [
  {
    cniVersion: "1.0.0",
    name: "chained",
    plugins: [{ type: "macvlan", master: "eth1", mode: "bridge", ipam }],
  },
  { cniVersion: "1.1.0", name: "direct", plugins: [{ type: "spiderpool", ipam }] },
];

/** The reference runtime library drives the plugin, for one more interface of a Pod that runs. */
export const cnitool: Step = {
  name: "cnitool: ADD, CHECK, DEL, GC, STATUS through the reference runtime library",
  async run(bed) {
    await deploy(bed, { name: "tool", objects, wish: { replicas: 1, network: "tool" } });
    const { node, env } = await attachmentOf(bed);
    const call = (verb: string, network: string) =>
      node.exec("env", ...env, bed.cluster.programPath("cnitool"), verb, network, `/run/netns/${NETNS}`);
    const onLink = () => addressesIn(node.hostPath(`/run/netns/${NETNS}`));
    await node.exec("ip", "netns", "add", NETNS);
    try {
      const address = addressOf(await call("add", "chained"));
      assert.deepEqual(await onLink(), [{ ifname: IFNAME, address }]);
      assert.deepEqual(await recordsOf(bed), [address]);
      await call("check", "chained");
      await call("del", "chained");
      assert.deepEqual(await onLink(), []);
      assert.deepEqual(await recordsOf(bed), [address]); // the Pod lives: it may get another sandbox
      await call("status", "direct");
      assert.equal(addressOf(await call("add", "direct")), address);
      await call("check", "direct");
      await call("gc", "direct");
      assert.deepEqual(await recordsOf(bed), [address]); // what GC of one network does not name may be of another
      await bed.kubectl(["-n", NAMESPACE, "delete", "deployment", "tool", "--cascade=foreground", PATIENT]);
      const look = async () => { // the agent hears that the Pod has gone a moment after it has
        await call("del", "direct");
        const left = await recordsOf(bed);
        return left.length === 0 ? undefined : `${left} is held`;
      };
      await waitUntil(look, { what: "free the address by DEL", timeoutMs: PATIENCE_MS });
      await call("del", "direct");
    } finally {
      await node.exec("ip", "netns", "del", NETNS);
    }
    await allFree(bed);
    await bed.delete(...objects);
  },
};

function addressOf(result: string): string {
  const { ips: [ip] } = JSON.parse(result) as { ips: { address: string }[] };
  return ip?.address.split("/")[0] ?? "";
}

/** The Pod's node, with CNI configurations written there, and the environment of a runtime. */
async function attachmentOf(bed: Bed): Promise<{ readonly node: Node; readonly env: readonly string[] }> {
  using api = await bed.cluster.control.openApi();
  const { items } = await resourceClient(api.transport, pods, { clock: systemClock }).listAll({
    namespace: NAMESPACE,
    labelSelector: "app=tool",
  });
  const [pod] = items;
  assert(pod !== undefined);
  const node = bed.cluster.node(pod.spec.nodeName ?? "");
  for (const configuration of configurations) {
    const path = `${CONF}/${configuration.name}.conflist`;
    await node.machine.writeFile(path, { text: JSON.stringify(configuration) });
  }
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
