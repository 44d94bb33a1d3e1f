import type { KubeObject, OwnerReference } from "../kube/contract.ts";
import type { Pod } from "../core/mod.ts";

/** The application a Pod belongs to: its topmost known controller, or the Pod itself. */
export interface TopController {
  readonly apiVersion: string;
  readonly kind: string;
  /** The Pod's. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What the shell does next to learn a Pod's top controller. */
export type TopControllerStep =
  | { readonly kind: "found"; readonly controller: TopController }
  /** Read the metadata of this object, then call {@linkcode topControllerAbove}. A missing object is an error. */
  | { readonly kind: "read"; readonly object: TopController };

/** Controllers of Pods that may have a controller themselves, and which one counts. */
const intermediates: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  "apps/v1 ReplicaSet": { apiVersion: "apps/v1", kind: "Deployment" },
  "batch/v1 Job": { apiVersion: "batch/v1", kind: "CronJob" },
};

const builtInKinds = ["Pod", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob"];
const builtInApiVersions = ["v1", "apps/v1", "batch/v1"];

/** First step: the Pod's own controller reference tells everything, unless that is a ReplicaSet or a Job (spec/ipam.md §3). */
export function topControllerStep(pod: Pod): TopControllerStep {
  const owner = controllerOf(pod);
  const namespace = pod.metadata.namespace ?? "";
  if (owner === undefined) {
    const { name, uid = "" } = pod.metadata;
    return { kind: "found", controller: { apiVersion: "v1", kind: "Pod", namespace, name, uid } };
  }
  const controller = fromReference(owner, namespace);
  return intermediateOf(controller) === undefined
    ? { kind: "found", controller }
    : { kind: "read", object: controller };
}

/**
 * Second step: the Deployment or CronJob above what was read, or that object itself.
 *
 * @param object as {@linkcode topControllerStep} asked for
 * @param metadata of that object
 * @returns `undefined` if `metadata` is of another object of that name: the one asked for is gone
 */
export function topControllerAbove(
  object: TopController,
  { metadata }: Pick<KubeObject, "metadata">,
): TopController | undefined {
  if (metadata.uid !== object.uid) return undefined;
  const above = controllerOf({ metadata });
  const wanted = intermediateOf(object);
  return above !== undefined && above.apiVersion === wanted?.apiVersion && above.kind === wanted.kind
    ? fromReference(above, object.namespace)
    : object;
}

/** The owner that is the object's controller. */
export function controllerOf({ metadata }: Pick<KubeObject, "metadata">): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Whether nobody here knows how many replicas the controller has; spec/controller.md §7.4. */
export function isThirdParty({ apiVersion, kind }: Pick<TopController, "apiVersion" | "kind">): boolean {
  return !builtInApiVersions.includes(apiVersion) || !builtInKinds.includes(kind);
}

/** Splits `group/version`; the core group is `""`. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf("/");
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

function intermediateOf({ apiVersion, kind }: TopController): { apiVersion: string; kind: string } | undefined {
  return intermediates[`${apiVersion} ${kind}`];
}

function fromReference({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): TopController {
  return { apiVersion, kind, namespace, name, uid };
}
