import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** The fields of a Pod that are read here. Source: Kubernetes API reference, `Pod v1 core`. */
export interface Pod extends KubeObject {
  apiVersion: "v1";
  kind: "Pod";
  spec: PodSpec;
  status?: PodStatus;
}

/** What a Pod is to be. */
export interface PodSpec {
  /** Absent until the Pod is scheduled. */
  nodeName?: string;
  /** @default false */
  hostNetwork?: boolean;
  /** @default "Always" */
  restartPolicy?: "Always" | "OnFailure" | "Never";
  /** @default 30 */
  terminationGracePeriodSeconds?: number;
  /** At least one on a real API server. */
  containers?: Container[];
}

/** A container of a Pod. */
export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}

/** What a Pod is. */
export interface PodStatus {
  phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** Such as `Evicted`. */
  reason?: string;
  podIP?: string;
  /** One per family; absent or empty until the network is up. */
  podIPs?: { ip: string }[];
  /** Address of the node. */
  hostIP?: string;
  /** RFC 3339. */
  startTime?: string;
  conditions?: PodCondition[];
  containerStatuses?: ContainerStatus[];
}

/** One condition of a Pod, such as `Ready`. */
export interface PodCondition {
  type: string;
  status: "True" | "False" | "Unknown";
  /** RFC 3339. */
  lastTransitionTime?: string;
}

/** How a container is doing. */
export interface ContainerStatus {
  name: string;
  state?: {
    waiting?: { reason?: string };
    running?: { startedAt?: string };
    /** `finishedAt` is RFC 3339. */
    terminated?: { exitCode: number; reason?: string; finishedAt?: string };
  };
}

/** {@linkcode Pod} on the wire. */
export const pods: ResourceType<Pod> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  hasStatus: true,
};
