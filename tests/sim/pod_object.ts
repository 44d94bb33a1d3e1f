import type { Pod } from "../../crd/core/mod.ts";
import { createdByLabel } from "../../crd/ipam/virtual_machine.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import { NAMESPACE } from "./cluster.ts";
import type { PodPlan } from "./pod_plan.ts";
import { podNetworks } from "./pool_specs.ts";

/** What makes a Pod one that runs a VM. */
export interface Launcher {
  /** Name of the VM and of its instance. */
  readonly vm: string;
  /** The instance, as the Pod names its controller. */
  readonly vmi: OwnerReference;
  /** Index into `podNetworks` of what the VM's template says by now; while it migrates that does not count. */
  readonly network: number;
  /** Name of the migration that the Pod is for; absent for the one that the VM was started in. */
  readonly migration?: string;
}

/** What the object says of a plan. */
export type PodObjectPlan = Omit<PodPlan, "node"> & { readonly node: { readonly name: string } };

/** The Pod as it is created. */
export function podObject(
  plan: PodObjectPlan,
  { owners, id }: { owners: readonly OwnerReference[]; id: number },
): Pod {
  const { name, owner, node, launcher } = plan;
  const isOnce = owner === "none" || owner === "Job" || owner === "VM";
  const labels = launcher && { labels: { [createdByLabel]: launcher.vmi.uid } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: NAMESPACE,
      name,
      annotations: annotationsOf(plan, id),
      ...labels,
      ownerReferences: launcher === undefined ? [...owners] : [launcher.vmi],
    },
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

function annotationsOf({ owner, network, launcher }: PodObjectPlan, id: number): Record<string, string> {
  const { annotations } = launcher === undefined ? network : podNetworks[launcher.network]!;
  return {
    ...annotations,
    ...owner === "static" && mirrorAnnotations(id),
    ...launcher?.migration !== undefined && { "kubevirt.io/migrationJobName": launcher.migration },
  };
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
