/** KubeVirt in a test cluster: its Kinds, as far as the agent looks at them, and Pods that run VMs. */
import { definitionOf, kubevirtGroup, type KubevirtKind, kubevirtKinds, pluralOf } from "../shared/kubevirt_kinds.ts";
import { installCrds } from "./install_crds.ts";
import { type Body, type Cluster, type PodOptions } from "./ipam_cluster.ts";

/** Installs the CustomResourceDefinitions. On a real API server they stay. */
export async function installKubevirt(cluster: Cluster): Promise<void> {
  await installCrds(cluster.transport, kubevirtKinds.map(definitionOf));
}

/** Path of an object in `ns1`, or of all. */
export function kubevirtPath(kind: KubevirtKind, name?: string): string {
  const path = `/apis/${kubevirtGroup}/v1/namespaces/ns1/${pluralOf(kind)}`;
  return name === undefined ? path : `${path}/${name}`;
}

/** Creates an object. @returns the reference that what it controls carries */
export async function createKubevirt(cluster: Cluster, kind: KubevirtKind, metadata: Body): Promise<Body> {
  const apiVersion = `${kubevirtGroup}/v1`;
  const made = await cluster.create(kubevirtPath(kind), { apiVersion, kind, metadata });
  return { apiVersion, kind, name: made.metadata.name, uid: made.metadata.uid, controller: true };
}

/** Options of a virt-launcher Pod. @param owner as {@linkcode createKubevirt} gave it for the VirtualMachineInstance */
export function launcher(owner: Body, options: PodOptions = {}): PodOptions {
  return { ...options, owner, labels: { "kubevirt.io": "virt-launcher", "kubevirt.io/created-by": String(owner.uid) } };
}
