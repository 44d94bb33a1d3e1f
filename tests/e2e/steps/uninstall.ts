import assert from "node:assert/strict";
import { type Bed, page } from "../bed.ts";
import { documentedCommands } from "../docs_commands.ts";
import { patiently } from "../patience.ts";
import type { Step } from "../step.ts";
import { type Manifest, NAMESPACE, poolOf } from "../workload.ts";

const CLEAN_LOG = ["-n", "spiderpool", "logs", "job/spiderpool-clean"];

/** What the page says about removing it all; nothing of ours is left in the cluster. */
export const uninstall: Step = {
  name: `${page}: uninstall, twice; nothing is left in the cluster, and on the nodes what the page says`,
  async run(bed) {
    await bed.apply(poolOf("forgotten-v4", "172.22.8.1-172.22.8.9"), leftEndpoint);
    const commands = documentedCommands(page, "Uninstall");
    const [clean, rest] = [commands.slice(0, -1), commands.slice(-1)];
    await bed.follow(clean);
    assert.match(await bed.kubectl(CLEAN_LOG), /deletes objects/);
    await bed.follow(["kubectl -n spiderpool delete job spiderpool-clean", ...clean]); // running it again is harmless
    assert.doesNotMatch(await bed.kubectl(CLEAN_LOG), /deletes objects/);
    await bed.follow(rest);
    const look = async () => await leftInCluster(bed) ?? await leftOnNodes(bed);
    await patiently("see nothing of ours left", look);
  },
};

/** What an agent that died may leave: nobody but the uninstall takes its finalizer off. */
const leftEndpoint: Manifest = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderEndpoint",
  metadata: { name: "forgotten", namespace: NAMESPACE, finalizers: ["spiderpool.spidernet.io"] },
};

/** Names every object of any kind that has our name; events about ours stay in other namespaces until they expire. */
async function leftInCluster(bed: Bed): Promise<string | undefined> {
  const kinds = wordsOf(await bed.kubectl(["api-resources", "--verbs=list", "-o", "name"]));
  const ours = kinds.filter(isOurs);
  if (ours.length > 0) return `the API serves ${ours.join(", ")}`;
  const asked = kinds.filter((kind) => !kind.startsWith("events"));
  const left = wordsOf(await bed.kubectl(["get", asked.join(","), "-A", "-o", "name", "--ignore-not-found"])).filter(
    isOurs,
  );
  return left.length === 0 ? undefined : `the API has ${left.join(", ")}`;
}

/** Names files of ours on nodes but for those that the page says. Logs of Pods are the kubelet's: it removes them when it likes. */
async function leftOnNodes(bed: Bed): Promise<string | undefined> {
  for (const node of bed.cluster.nodes) {
    const found = wordsOf(await node.exec("find", ...folders, "-xdev", "-name", "*spider*", "-prune"));
    const left = found.filter((path) => !filesThatStay.includes(path) && !LOG_OF_POD.test(path));
    if (left.length > 0) return `${node.name} has ${left.join(", ")}`;
  }
  return undefined;
}

/** Folders that each node has for itself. */
const folders = ["/etc", "/opt", "/run", "/var"];

const LOG_OF_POD = /^\/var\/log\/(pods|containers)\//;

/** As the page says. */
const filesThatStay = [
  "/opt/cni/bin/spiderpool",
  "/opt/cni/bin/spiderpool-lib",
  "/run/spidernet",
  "/var/log/spidernet",
];

function isOurs(name: string): boolean {
  return name.includes("spider");
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
