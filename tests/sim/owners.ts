import type { Clock } from "../../net/base/clock.ts";
import { deployments, jobs, replicaSets, statefulSets } from "../../crd/core/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeTransport, OwnerReference } from "../../crd/kube/contract.ts";
import type { PodOwner } from "./operation.ts";

/** Number of Pods the StatefulSet begins with. */
export const REPLICAS = 3;

/** What the API server wants of who makes Pods; nobody runs them. */
const podSpec = { containers: [{ name: "c", image: "i" }] };

/** Creates the controllers that Pods belong to. @returns references to them, by the owner of a Pod */
export async function createOwners(
  transport: KubeTransport,
  { clock, namespace, statefulSet }: { clock: Clock; namespace: string; statefulSet: string },
): Promise<ReadonlyMap<PodOwner, OwnerReference>> {
  const labels = { app: "x" };
  const spec = {
    replicas: REPLICAS,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, ...{ spec: podSpec } },
  };
  const deployment = await resourceClient(transport, deployments, { clock }).create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name: "web" },
    spec,
  });
  const replicaSet = await resourceClient(transport, replicaSets, { clock }).create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { namespace, name: "web-1", ownerReferences: [controllerRef(deployment)] },
    spec,
  });
  const job = await resourceClient(transport, jobs, { clock }).create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { namespace, name: "work" },
    spec: { template: { metadata: { labels }, ...{ spec: { restartPolicy: "Never", ...podSpec } } } },
  });
  const set = await resourceClient(transport, statefulSets, { clock }).create({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { namespace, name: statefulSet },
    spec,
  });
  return new Map([
    ["ReplicaSet", controllerRef(replicaSet)],
    ["Job", controllerRef(job)],
    ["StatefulSet", controllerRef(set)],
  ]);
}

/** The reference by which an object names its controller. */
export function controllerRef(
  { apiVersion, kind, metadata: { name, uid = "" } }: {
    apiVersion: string;
    kind: string;
    metadata: { name: string; uid?: string };
  },
): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true };
}
