/** What Multus and the agents read from the API server. */
import { dirname } from "node:path";
import { spiderIPPools } from "../../crd/generated/mod.ts";
import { networkAttachmentDefinitions } from "../../scripts/cluster/bootstrap.ts";
import { createCoordinator } from "../shared/coordinated_pods.ts";
import type { Stage } from "../shared/stage.ts";
import { type Families, networkOf, segments } from "./chain_networks.ts";

const families: readonly Families[] = ["v4", "v6", "dual"];

/** Path of networks in the API. */
const NETWORKS = "/apis/k8s.cni.cncf.io/v1/namespaces/kube-system/network-attachment-definitions";

/** How often {@linkcode warmUp} asks. */
const WARM_UPS = 20;

/**
 * Creates the Kind of networks, a network for each segment and families, their pools, and the SpiderCoordinator.
 *
 * @param api URL of the stage's server
 */
export async function createNetworks(stage: Stage, api: URL): Promise<void> {
  const { path, object } = networkAttachmentDefinitions;
  await post(new URL(dirname(path), api), object);
  for (const segment of segments) {
    for (const pool of segment.pools) await stage.client(spiderIPPools).create(pool);
    for (const one of families) await post(new URL(NETWORKS, api), networkOf(segment, one));
  }
  await createCoordinator(stage, ["10.96.0.0/16", "fd00:96::/112"]);
}

/** Has the server answer a few times: what is compiled by then is quick. */
export async function warmUp(api: URL): Promise<void> {
  for (let i = 0; i < WARM_UPS; i++) {
    const response = await fetch(new URL("/api/v1/namespaces/default/pods/none", api));
    await response.body?.cancel();
  }
}

/** URL of the server in a kubeconfig that is JSON. */
export function serverOf(kubeconfig: string): URL {
  const { clusters }: { clusters: { cluster: { server: string } }[] } = JSON.parse(Deno.readTextFileSync(kubeconfig));
  return new URL(clusters[0]?.cluster.server ?? "");
}

async function post(url: URL, object: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(object) });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot create an object at ${url}: ${text}`);
}
