import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** Where some of a Service's Pods are. Source: Kubernetes API reference, `EndpointSlice v1 discovery.k8s.io`. */
export interface EndpointSlice extends KubeObject {
  apiVersion: "discovery.k8s.io/v1";
  kind: "EndpointSlice";
  addressType: "IPv4" | "IPv6" | "FQDN";
  /** Absent when there are none. */
  endpoints?: Endpoint[];
  /** Of every endpoint in this slice. */
  ports?: { name?: string; port?: number; protocol?: string }[];
}

/** One Pod. */
export interface Endpoint {
  /** All of the same Pod; consumers use the first. */
  addresses: string[];
  /** Absent members mean "ready". */
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  nodeName?: string;
}

/** {@linkcode EndpointSlice} on the wire. */
export const endpointSlices: ResourceType<EndpointSlice> = {
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  namespaced: true,
  hasStatus: false,
};
