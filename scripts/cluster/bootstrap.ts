/** Objects a cluster starts with: the Kind that Multus reads, and what Multus may do. */
import type { ApiAccess } from "./api_access.ts";
import { MULTUS } from "./identities.ts";

/** An object and the path it has in the API. */
export interface Bootstrap {
  readonly path: string;
  readonly object: unknown;
}

/** The Kind of networks. Source: Kubernetes Network Custom Resource Definition De-facto Standard, version 1.3, §3.4.1. */
export const networkAttachmentDefinitions: Bootstrap = {
  path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/network-attachment-definitions.k8s.cni.cncf.io",
  object: {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "network-attachment-definitions.k8s.cni.cncf.io" },
    spec: {
      group: "k8s.cni.cncf.io",
      scope: "Namespaced",
      names: {
        plural: "network-attachment-definitions",
        singular: "network-attachment-definition",
        kind: "NetworkAttachmentDefinition",
        shortNames: ["net-attach-def"],
      },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec: { type: "object", properties: { config: { type: "string" } } },
            },
          },
        },
      }],
    },
  },
};

const rbac = "rbac.authorization.k8s.io";

const multusRole: Bootstrap = {
  path: `/apis/${rbac}/v1/clusterroles/multus`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "multus" },
    rules: [
      {
        apiGroups: ["k8s.cni.cncf.io"],
        resources: ["network-attachment-definitions"],
        verbs: ["get", "list", "watch"],
      },
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["pods/status"], verbs: ["get", "update", "patch"] },
      { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch", "update"] },
    ],
  },
};

const multusBinding: Bootstrap = {
  path: `/apis/${rbac}/v1/clusterrolebindings/multus`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: "multus" },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "multus" },
    subjects: [{ apiGroup: rbac, kind: "User", name: MULTUS }],
  },
};

/** Creates them, or changes them to be like this. */
export async function applyBootstrap(api: ApiAccess): Promise<void> {
  for (const { path, object } of [networkAttachmentDefinitions, multusRole, multusBinding]) {
    await api.apply(path, object);
  }
}
