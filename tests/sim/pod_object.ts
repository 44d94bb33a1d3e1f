import type { Pod } from "../../crd/core/mod.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import { NAMESPACE } from "./cluster.ts";
import type { PodPlan } from "./pod_life.ts";

/** The Pod as it is created. */
export function podObject(
  { name, owner, node, network }: PodPlan,
  { owners, id }: { owners: readonly OwnerReference[]; id: number },
): Pod {
  const isOnce = owner === "none" || owner === "Job";
  const annotations = { ...network.annotations, ...owner === "static" && mirrorAnnotations(id) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: NAMESPACE, name, annotations, ownerReferences: [...owners] },
    spec: {
      nodeName: node.name,
      restartPolicy: isOnce ? "Never" : "Always",
      containers: [{ name: "c", image: "i" }],
    },
    status: { phase: "Pending" },
  };
}

/** The UID by which kubelet and runtime know a static Pod: the hash of its manifest. */
export function staticHashOf(id: number): string {
  return `${(id * 2654435761 >>> 0).toString(16).padStart(8, "0")}${id.toString(16).padStart(24, "0")}`;
}

/** What a kubelet writes on the mirror object. Source: kubernetes/kubernetes pkg/kubelet/types/pod_update.go. */
function mirrorAnnotations(id: number): Record<string, string> {
  const hash = staticHashOf(id);
  return {
    "kubernetes.io/config.hash": hash,
    "kubernetes.io/config.mirror": hash,
    "kubernetes.io/config.source": "file",
  };
}
