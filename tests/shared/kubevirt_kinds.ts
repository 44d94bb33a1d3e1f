/** KubeVirt's Kinds for a test cluster, as far as the agent looks at them: only metadata is read. */

/** Kinds that are served, in the version `kubevirt.io/v1`. */
export const kubevirtKinds = ["VirtualMachine", "VirtualMachineInstance", "VirtualMachineInstanceMigration"] as const;

/** One of the Kinds. */
export type KubevirtKind = typeof kubevirtKinds[number];

/** API group of the Kinds. */
export const kubevirtGroup = "kubevirt.io";

/** Name of the Kind in paths. */
export function pluralOf(kind: KubevirtKind): string {
  return `${kind.toLowerCase()}s`;
}

/** The CustomResourceDefinition of a Kind; it takes any fields. */
export function definitionOf(kind: KubevirtKind) {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const plural = pluralOf(kind);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${kubevirtGroup}` },
    spec: {
      group: kubevirtGroup,
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}
