import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import type { OwnerReference } from "../kube/contract.ts";
import { annotationKeys } from "./annotations.ts";
import { type Attachments, attachmentsAfter, attachmentsOf, formatAttachments } from "./attachments.ts";
import type { IpamFeatures } from "./features.ts";
import type { TopController } from "./top_controller.ts";
import { isVmi } from "./virtual_machine.ts";

/** Keeps pools and endpoints until their addresses are released. */
export const finalizer = "spiderpool.spidernet.io";

/** For whom an endpoint is written. */
export interface EndpointOwner {
  readonly pod: Pod;
  readonly topController: TopController;
  readonly features: Pick<IpamFeatures, "enableStatefulSet" | "enableKubevirt">;
}

/** Annotations that are ours. */
export interface AnnotationWrite {
  /** NICs the endpoint has: attachments of others are dropped. */
  readonly nics: readonly string[];
  /** Of the last ADD; those before it are over with their sandbox. Absent: they stay as they are. */
  readonly attachments?: Attachments | undefined;
  readonly history?: string | undefined;
}

/** Why the owner keeps its addresses when the Pod is recreated, or `undefined` when it does not. */
export function fixedAddressOf(
  { topController, features }: Omit<EndpointOwner, "pod">,
): "statefulset" | "kubevirt" | undefined {
  const { apiVersion, kind } = topController;
  if (features.enableStatefulSet && apiVersion === "apps/v1" && kind === "StatefulSet") return "statefulset";
  return features.enableKubevirt && isVmi(topController) ? "kubevirt" : undefined;
}

/** Metadata of an endpoint that is written over another. */
export function metadataOf(
  { metadata }: SpiderEndpoint,
  owner: EndpointOwner,
  written: AnnotationWrite,
): SpiderEndpoint["metadata"] {
  const { finalizers = [], ownerReferences = [], annotations = {}, ...rest } = metadata;
  const owners = ownerReferencesOf(owner, ownerReferences);
  const merged = annotationsOf(annotations, written);
  return {
    ...rest,
    ...(Object.keys(merged).length > 0 && { annotations: merged }),
    finalizers: finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer],
    ...(owners.length > 0 && { ownerReferences: owners }),
  };
}

/** A plain reference to the Pod, so that both go together; none when the addresses outlive the Pod (spec/crds.md §5.3). */
export function ownerReferencesOf(owner: EndpointOwner, existing: readonly OwnerReference[]): OwnerReference[] {
  const others = existing.filter(({ apiVersion, kind }) => apiVersion !== "v1" || kind !== "Pod");
  if (fixedAddressOf(owner) !== undefined) return others;
  const { name, uid = "" } = owner.pod.metadata;
  return [...others, { apiVersion: "v1", kind: "Pod", name, uid }];
}

/** All annotations: those of others as they are, ours as they are now. */
export function annotationsOf(
  existing: Readonly<Record<string, string>>,
  { attachments, nics, history }: AnnotationWrite,
): Record<string, string> {
  const before = attachmentsOf(existing[annotationKeys.attachments]);
  const all = attachments === undefined ? before : attachmentsAfter(before, attachments);
  const own = Object.fromEntries(Object.entries(all).filter(([nic]) => nics.includes(nic)));
  const { [annotationKeys.attachments]: _attachments, [annotationKeys.history]: _history, ...others } = existing;
  return {
    ...others,
    ...(Object.keys(own).length > 0 && { [annotationKeys.attachments]: formatAttachments(own) }),
    ...(history !== undefined && { [annotationKeys.history]: history }),
  };
}
