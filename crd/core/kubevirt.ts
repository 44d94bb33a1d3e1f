/** Kinds of KubeVirt: only their metadata is read. Source: KubeVirt API reference, `kubevirt.io/v1`. */
import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** A VM that runs or is to run; its virt-launcher Pods are controlled by it. */
export interface VirtualMachineInstance extends KubeObject {
  apiVersion: "kubevirt.io/v1";
  kind: "VirtualMachineInstance";
}

/** A VM that may be stopped and started; it controls the VirtualMachineInstance of its name. */
export interface VirtualMachine extends KubeObject {
  apiVersion: "kubevirt.io/v1";
  kind: "VirtualMachine";
}

/** A live migration of a VirtualMachineInstance to another virt-launcher Pod. */
export interface VirtualMachineInstanceMigration extends KubeObject {
  apiVersion: "kubevirt.io/v1";
  kind: "VirtualMachineInstanceMigration";
}

/** {@linkcode VirtualMachineInstance} on the wire. */
export const virtualMachineInstances: ResourceType<VirtualMachineInstance> = kubevirt("VirtualMachineInstance", false);

/** {@linkcode VirtualMachine} on the wire. */
export const virtualMachines: ResourceType<VirtualMachine> = kubevirt("VirtualMachine", true);

/** {@linkcode VirtualMachineInstanceMigration} on the wire. */
export const virtualMachineInstanceMigrations: ResourceType<VirtualMachineInstanceMigration> = kubevirt(
  "VirtualMachineInstanceMigration",
  true,
);

function kubevirt<T extends KubeObject>(kind: T["kind"], hasStatus: boolean): ResourceType<T> {
  const plural = `${kind.toLowerCase()}s`;
  return { group: "kubevirt.io", version: "v1", kind, plural, namespaced: true, hasStatus };
}
