import type { Pod } from "../../crd/core/mod.ts";
import { staticUidOf } from "../../crd/ipam/pod_identity.ts";
import type { StoreView } from "../../crd/kube/store.ts";

/** Most Pods that are remembered as asked for; older ones have a status that tells. */
const MAX_ASKED = 4096;

/**
 * Pods of this node for which no ADD can have been made yet: they came to the node after this process had listed all of
 * them, this process has the node's socket, and no ADD came before the watch showed them or since. Such a Pod has no
 * SpiderEndpoint of its own UID, which saves asking for one. A late or repeated event makes no Pod fresh again.
 *
 * Static Pods never are: a kubelet starts them before anybody sees them.
 */
export class FreshPods {
  readonly #uids = new Set<string>();
  /** The latest UIDs that were asked for, oldest first. */
  readonly #asked = new Set<string>();

  /** Begins when `pods` has had its first list: whatever is there now may have been served by an earlier process. */
  follow(pods: Pick<StoreView<Pod>, "subscribe">): void {
    let isLater = false;
    pods.subscribe({
      added: (pod) => {
        if (isLater && isUnstarted(pod)) this.#uids.add(uidOf(pod));
      },
      updated: (pod, previous) => void (uidOf(pod) !== uidOf(previous) && this.#uids.delete(uidOf(previous))),
      deleted: (pod) => void this.#uids.delete(uidOf(pod)),
    });
    isLater = true;
  }

  /** Whether nobody can have asked for this Pod before; true once at most, for the first who asks. */
  take(pod: Pod): boolean {
    const uid = uidOf(pod);
    const isFirst = !this.#asked.has(uid);
    this.#asked.add(uid);
    if (this.#asked.size > MAX_ASKED) this.#asked.delete(this.#asked.values().next().value!);
    return this.#uids.delete(uid) && isFirst;
  }
}

/** Whether the kubelet has said nothing about the Pod's network yet. */
function isUnstarted(pod: Pod): boolean {
  return staticUidOf(pod) === undefined && (pod.status?.podIPs ?? []).length === 0;
}

function uidOf({ metadata: { uid = "" } }: Pod): string {
  return uid;
}
