import assert from "node:assert/strict";
import { waitUntil } from "../../../scripts/cluster/wait.ts";
import type { Bed } from "../bed.ts";
import { assertSettled, readFacts } from "../checker.ts";
import { documentedCommands } from "../docs_commands.ts";
import { linksOfPods, pingAcrossNodes } from "../network_of_pods.ts";
import type { Step } from "../step.ts";
import { type Manifest, NAMESPACE, poolOf } from "../workload.ts";

const page = "docs/install.md";

/** An empty cluster, then what the page says, to the first Pod; the example is removed again. */
export const install: Step = {
  name: `${page}: apply the manifests, then the first pool and the first Pods`,
  async run(bed) {
    await runCommands(bed, documentedCommands(page, "Install"));
    const commands = documentedCommands(page, "First pool, first Pod");
    await runCommands(bed, commands);
    const links = await linksOfPods(bed, { prefix: "first-", ifname: "net1" });
    assert.deepEqual(links.map(({ address }) => address).sort(), ["172.22.100.10", "172.22.100.11"]);
    await pingAcrossNodes(bed, links);
    await assertSettled(bed.cluster);
    await bed.kubectl(["delete", "-f", "manifests/examples/first-pod.yaml", "--timeout=60s"]); // the pool before the Pods
    await allFree(bed);
  },
};

/** What the page says about removing it all; nothing of ours is left in the cluster. */
export const uninstall: Step = {
  name: `${page}: uninstall; nothing is left`,
  async run(bed) {
    await bed.apply(poolOf("forgotten-v4", "172.22.8.1-172.22.8.9"), leftEndpoint);
    await runCommands(bed, documentedCommands(page, "Uninstall"));
    assert.equal(await bed.kubectl(["api-resources", "--api-group=spiderpool.spidernet.io", "-o", "name"]), "");
    const kinds = "namespaces,clusterroles,clusterrolebindings,customresourcedefinitions";
    const left = await bed.kubectl(["get", kinds, "-A", "-l", "app.kubernetes.io/instance=spiderpool", "-o", "name"]);
    assert.equal(left, "");
    const definitions = await bed.kubectl(["get", "customresourcedefinitions", "-o", "name"]);
    assert.doesNotMatch(definitions, /spidernet/);
    await assertNoPods(bed);
  },
};

/** What an agent that died may leave: nobody but the uninstall takes its finalizer off. */
const leftEndpoint: Manifest = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderEndpoint",
  metadata: { name: "forgotten", namespace: NAMESPACE, finalizers: ["spiderpool.spidernet.io"] },
};

/** Waits until no Pod of the default namespace is left and no address is in use. */
export async function allFree(bed: Bed): Promise<void> {
  const look = async () => {
    const { pods, pools } = await readFacts(bed.cluster);
    const left = [
      ...pods.filter(({ hostNetwork }) => !hostNetwork).map(({ key }) => `Pod ${key}`),
      ...pools.filter(({ records }) => records.length > 0).map(({ name, records }) => `${records.length} of ${name}`),
    ];
    return left.length === 0 ? undefined : `still there: ${left.join(", ")}`;
  };
  await waitUntil(look, { what: "see all addresses free", timeoutMs: 60_000, everyMs: 300 });
  await assertSettled(bed.cluster);
}

async function runCommands(bed: Bed, commands: readonly (readonly string[])[]): Promise<void> {
  for (const command of commands) await bed.kubectl(command);
}

async function assertNoPods(bed: Bed): Promise<void> {
  assert.equal(await bed.kubectl(["get", "pods", "-A", "-o", "name"]), "");
}
