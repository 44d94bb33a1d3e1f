/** Kinds of Kubernetes that an uninstall touches, with only the fields that are read here. */
import { daemonSets } from "../../crd/core/mod.ts";
import type { KubeObject, ResourceType } from "../../crd/kube/mod.ts";

/** The agent's DaemonSet: what its controller says about the Pods. Source: Kubernetes API reference, `apps/v1`. */
export interface AgentDaemonSet extends KubeObject {
  apiVersion: "apps/v1";
  kind: "DaemonSet";
  status?: {
    observedGeneration?: number;
    /** Nodes that run its Pod and should. */
    currentNumberScheduled?: number;
    /** Nodes that run its Pod and should not. */
    numberMisscheduled?: number;
  };
}

/** {@linkcode AgentDaemonSet} on the wire. */
export const agentDaemonSets: ResourceType<AgentDaemonSet> = { ...daemonSetNames(), hasStatus: true };

/** MutatingWebhookConfigurations. */
export const mutatingWebhooks: ResourceType<KubeObject> = clusterScoped({
  group: "admissionregistration.k8s.io",
  kind: "MutatingWebhookConfiguration",
});

/** ValidatingWebhookConfigurations. */
export const validatingWebhooks: ResourceType<KubeObject> = clusterScoped({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingWebhookConfiguration",
});

/** CustomResourceDefinitions. */
export const customResourceDefinitions: ResourceType<KubeObject> = clusterScoped({
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
});

function daemonSetNames(): Omit<ResourceType<KubeObject>, "hasStatus" | "object"> {
  const { group, version, kind, plural, namespaced } = daemonSets;
  return { group, version, kind, plural, namespaced };
}

function clusterScoped({ group, kind }: { group: string; kind: string }): ResourceType<KubeObject> {
  return { group, version: "v1", kind, plural: `${kind.toLowerCase()}s`, namespaced: false, hasStatus: false };
}
