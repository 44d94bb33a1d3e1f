import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** A Lease. Source: Kubernetes API reference, `Lease v1 coordination.k8s.io`. */
export interface Lease extends KubeObject {
  apiVersion: "coordination.k8s.io/v1";
  kind: "Lease";
  spec?: {
    /** Who holds it; empty or absent when released. */
    holderIdentity?: string;
    /** How long it holds after `renewTime`. */
    leaseDurationSeconds?: number;
    /** RFC 3339 with microseconds. */
    acquireTime?: string;
    /** RFC 3339 with microseconds. */
    renewTime?: string;
    /** How often the holder changed. */
    leaseTransitions?: number;
  };
}

/** {@linkcode Lease} on the wire. */
export const leases: ResourceType<Lease> = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  hasStatus: false,
};
