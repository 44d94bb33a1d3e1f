import type { Pod } from "../core/mod.ts";

/**
 * UID under which the Pod's addresses are recorded: that of the object in the API, also for a static Pod. Upstream's
 * garbage collection compares records with it, and frees those of any other UID under a living Pod's name.
 */
export function podUidOf(pod: Pod): string {
  return pod.metadata.uid ?? "";
}

/** Whether `uid` means this incarnation of the Pod; either UID of a static Pod does. */
export function isPodUid(pod: Pod, uid: string): boolean {
  return uid !== "" && (uid === pod.metadata.uid || uid === staticUidOf(pod));
}

/**
 * UID by which kubelet and runtime know a static Pod; `undefined` for every other Pod. It stays when the mirror in the
 * API is made anew, with another UID of its own.
 * Source: kubernetes/kubernetes pkg/kubelet/types/pod_update.go, the two `kubernetes.io/config.*` annotations.
 */
export function staticUidOf({ metadata: { annotations = {} } }: Pod): string | undefined {
  const mirrored = annotations["kubernetes.io/config.mirror"] !== undefined;
  const hash = annotations["kubernetes.io/config.hash"];
  return mirrored && hash !== undefined && hash !== "" ? hash : undefined;
}
