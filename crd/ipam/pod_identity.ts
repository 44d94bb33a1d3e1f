import type { Pod } from "../core/mod.ts";

/**
 * UID under which the Pod's addresses are recorded: `metadata.uid`, for a static Pod the UID its kubelet and the CNI
 * runtime know it by, which is not that of its mirror object.
 */
export function podUidOf(pod: Pod): string {
  return staticUidOf(pod) ?? pod.metadata.uid ?? "";
}

/** Whether `uid` means this incarnation of the Pod; either UID of a static Pod does. */
export function isPodUid(pod: Pod, uid: string): boolean {
  return uid !== "" && (uid === pod.metadata.uid || uid === staticUidOf(pod));
}

/** Source: kubernetes/kubernetes pkg/kubelet/types/pod_update.go, the two `kubernetes.io/config.*` annotations. */
function staticUidOf({ metadata: { annotations = {} } }: Pod): string | undefined {
  const mirrored = annotations["kubernetes.io/config.mirror"] !== undefined;
  const hash = annotations["kubernetes.io/config.hash"];
  return mirrored && hash !== undefined && hash !== "" ? hash : undefined;
}
