import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** The fields of a Node that are read here. Source: Kubernetes API reference, `Node v1 core`. */
export interface Node extends KubeObject {
  apiVersion: "v1";
  kind: "Node";
  spec?: {
    /** Prefixes for Pods of this node, one per family. */
    podCIDRs?: string[];
    unschedulable?: boolean;
  };
  status?: {
    conditions?: NodeCondition[];
    addresses?: NodeAddress[];
  };
}

/** One condition of a node, such as `Ready`. */
export interface NodeCondition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  /** RFC 3339. */
  lastTransitionTime?: string;
}

/** One address of a node; `type` is `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS` or `ExternalDNS`. */
export interface NodeAddress {
  type: string;
  address: string;
}

/** {@linkcode Node} on the wire. */
export const nodes: ResourceType<Node> = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
  hasStatus: true,
};
