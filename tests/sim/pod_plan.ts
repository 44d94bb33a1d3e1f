import type { NodeRuntime } from "./node_runtime.ts";
import type { PodFacts } from "./ledger.ts";
import type { PodOwner } from "./operation.ts";
import { type Launcher, staticHashOf } from "./pod_object.ts";
import type { PodNetwork } from "./pool_specs.ts";

/** What a Pod is to be. */
export interface PodPlan {
  readonly name: string;
  readonly owner: PodOwner;
  readonly node: NodeRuntime;
  /** How it gets connected; a VM that migrates stays connected as it was started. */
  readonly network: PodNetwork;
  /** Present when it runs a VM. */
  readonly launcher?: Launcher;
  /** The runtime does not say the Pod's UID. */
  readonly isAnonymous?: true;
}

/** What is known of a Pod once its object is there. @param id of the operation that creates it */
export function factsOf(
  { name, owner, node, launcher }: PodPlan,
  { uid, id }: { readonly uid: string; readonly id: number },
): PodFacts {
  return {
    name,
    uid,
    runtimeUid: owner === "static" ? staticHashOf(id) : uid,
    identity: launcher?.vm ?? name,
    isFixed: owner === "StatefulSet" || owner === "VM",
    isShared: owner === "VM",
    isOurs: node.isOurs,
  };
}
