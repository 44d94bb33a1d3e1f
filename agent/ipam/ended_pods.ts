import type { Pod } from "../../crd/core/mod.ts";
import type { ObjectKey } from "../../crd/kube/contract.ts";
import { keyOf } from "../../crd/kube/key.ts";
import type { StoreView } from "../../crd/kube/store.ts";

/** Most Pods remembered that are gone; a DEL that comes later asks the API server. */
const MAX_GONE = 4096;

/** A Pod at its end: as the watch has it, or `undefined` when it has gone. */
export interface EndedPod {
  readonly pod: Pod | undefined;
}

/**
 * Pods of this node that are being deleted or have gone. Nothing takes that back: a UID comes once, and so does its
 * deletionTimestamp. However late the watch is, what it shows of a Pod's end holds.
 */
export class EndedPods {
  readonly #pods: Pick<StoreView<Pod>, "get" | "subscribe">;
  /** The latest UIDs that have gone, oldest first. */
  readonly #gone = new Set<string>();

  constructor(pods: Pick<StoreView<Pod>, "get" | "subscribe">) {
    this.#pods = pods;
    pods.subscribe({
      added: () => undefined,
      updated: (pod, previous) => void (uidOf(pod) !== uidOf(previous) && this.#add(uidOf(previous))),
      deleted: (pod) => this.#add(uidOf(pod)),
    });
  }

  /** The end of the Pod with this UID; `undefined` as long as it may live. */
  of(key: ObjectKey, uid: string): EndedPod | undefined {
    if (this.#gone.has(uid)) return { pod: undefined };
    const pod = this.#pods.get(keyOf(key));
    return pod?.metadata.uid === uid && pod.metadata.deletionTimestamp !== undefined ? { pod } : undefined;
  }

  #add(uid: string): void {
    this.#gone.add(uid);
    if (this.#gone.size > MAX_GONE) this.#gone.delete(this.#gone.values().next().value!);
  }
}

function uidOf({ metadata: { uid = "" } }: Pod): string {
  return uid;
}
