import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** The fields of a Namespace that are read here. Source: Kubernetes API reference, `Namespace v1 core`. */
export interface Namespace extends KubeObject {
  apiVersion: "v1";
  kind: "Namespace";
  status?: { phase?: "Active" | "Terminating" };
}

/** {@linkcode Namespace} on the wire. */
export const namespaces: ResourceType<Namespace> = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  hasStatus: true,
};
