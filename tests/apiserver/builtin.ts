/** The Kinds a cluster always has, as far as Spiderpool and kubectl meet them. */
import { builtinColumns } from "./builtin_columns.ts";
import { type Behavior, makeResource, type NameRule, type Resource } from "./resource.ts";

interface Row {
  readonly kind: string;
  readonly plural: string;
  readonly short?: string[];
  readonly cluster?: true;
  readonly status?: true;
  /** Counts generations. */
  readonly counts?: true;
  readonly all?: true;
  readonly behavior?: Partial<Behavior>;
}

const path: { nameRule: NameRule } = { nameRule: "path" };
const strict = { unconditionalUpdate: false };

const groups: Readonly<Record<string, readonly Row[]>> = {
  "/v1": [
    {
      kind: "Namespace",
      plural: "namespaces",
      short: ["ns"],
      cluster: true,
      status: true,
      behavior: { nameRule: "label" },
    },
    {
      kind: "Node",
      plural: "nodes",
      short: ["no"],
      cluster: true,
      status: true,
      behavior: { statusOnCreate: true },
    },
    {
      kind: "Pod",
      plural: "pods",
      short: ["po"],
      status: true,
      counts: true,
      all: true,
      behavior: { returnDeleted: true },
    },
    { kind: "Event", plural: "events", short: ["ev"], behavior: { createOnUpdate: true } },
    { kind: "ConfigMap", plural: "configmaps", short: ["cm"] },
    { kind: "Secret", plural: "secrets" },
    {
      kind: "Service",
      plural: "services",
      short: ["svc"],
      status: true,
      all: true,
      behavior: { createOnUpdate: true, returnDeleted: true, nameRule: "label1035" },
    },
    { kind: "ServiceAccount", plural: "serviceaccounts", short: ["sa"], behavior: { returnDeleted: true } },
    { kind: "Endpoints", plural: "endpoints", short: ["ep"], behavior: { createOnUpdate: true } },
  ],
  "apps/v1": [
    { kind: "Deployment", plural: "deployments", short: ["deploy"], status: true, counts: true, all: true },
    { kind: "ReplicaSet", plural: "replicasets", short: ["rs"], status: true, counts: true, all: true },
    { kind: "StatefulSet", plural: "statefulsets", short: ["sts"], status: true, counts: true, all: true },
    { kind: "DaemonSet", plural: "daemonsets", short: ["ds"], status: true, counts: true, all: true },
  ],
  "batch/v1": [
    { kind: "Job", plural: "jobs", status: true, counts: true, all: true },
    { kind: "CronJob", plural: "cronjobs", short: ["cj"], status: true, counts: true, all: true },
  ],
  "coordination.k8s.io/v1": [
    { kind: "Lease", plural: "leases", behavior: { createOnUpdate: true, ...strict } },
  ],
  "discovery.k8s.io/v1": [{ kind: "EndpointSlice", plural: "endpointslices", counts: true }],
  "rbac.authorization.k8s.io/v1": [
    { kind: "ClusterRole", plural: "clusterroles", cluster: true, behavior: { createOnUpdate: true, ...path } },
    {
      kind: "ClusterRoleBinding",
      plural: "clusterrolebindings",
      cluster: true,
      behavior: { createOnUpdate: true, ...path },
    },
    { kind: "Role", plural: "roles", behavior: { createOnUpdate: true, ...path } },
    { kind: "RoleBinding", plural: "rolebindings", behavior: { createOnUpdate: true, ...path } },
  ],
  "admissionregistration.k8s.io/v1": [
    {
      kind: "MutatingWebhookConfiguration",
      plural: "mutatingwebhookconfigurations",
      cluster: true,
      counts: true,
      behavior: strict,
    },
    {
      kind: "ValidatingWebhookConfiguration",
      plural: "validatingwebhookconfigurations",
      cluster: true,
      counts: true,
      behavior: strict,
    },
  ],
  "apiextensions.k8s.io/v1": [
    {
      kind: "CustomResourceDefinition",
      plural: "customresourcedefinitions",
      short: ["crd", "crds"],
      cluster: true,
      status: true,
      counts: true,
      behavior: strict,
    },
  ],
};

/** All built-in resources, in the order discovery lists their groups. */
export function builtinResources(): Resource[] {
  return Object.entries(groups).flatMap(([groupVersion, rows]) => {
    const [group = "", version = ""] = groupVersion.split("/");
    return rows.map((row) => builtinResource({ group, version }, row));
  });
}

function builtinResource(groupVersion: { group: string; version: string }, row: Row): Resource {
  return makeResource({
    ...groupVersion,
    kind: row.kind,
    plural: row.plural,
    shortNames: row.short ?? [],
    categories: row.all ? ["all"] : row.kind === "CustomResourceDefinition" ? ["api-extensions"] : [],
  }, {
    namespaced: !row.cluster,
    hasStatus: row.status ?? false,
    custom: false,
    schema: undefined,
    columns: builtinColumns(row.kind),
    behavior: {
      generation: row.counts ?? false,
      unconditionalUpdate: true,
      createOnUpdate: false,
      returnDeleted: false,
      statusOnCreate: false,
      nameRule: "subdomain",
      ...row.behavior,
    },
  });
}
