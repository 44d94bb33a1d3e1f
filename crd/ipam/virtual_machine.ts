import type { Pod, VirtualMachine, VirtualMachineInstance } from "../core/mod.ts";
import { controllerOf, type TopController } from "./top_controller.ts";

const apiVersion = "kubevirt.io/v1";

/** Annotation of the virt-launcher Pod that a VM migrates to: the VirtualMachineInstanceMigration's name. */
const migrationAnnotation = "kubevirt.io/migrationJobName";
/** Label of a virt-launcher Pod: UID of its VirtualMachineInstance. */
export const createdByLabel = "kubevirt.io/created-by";

/** Whether the controller is a VM's running instance. */
export function isVmi({ apiVersion: version, kind }: Pick<TopController, "apiVersion" | "kind">): boolean {
  return version === apiVersion && kind === "VirtualMachineInstance";
}

/** Name of the VirtualMachineInstance that the Pod runs, which is its VM's; `undefined` for every other Pod. */
export function vmiNameOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner !== undefined && isVmi(owner) ? owner.name : undefined;
}

/** Label selector of all virt-launcher Pods of the VirtualMachineInstance that `pod` belongs to. */
export function launcherSelectorOf(pod: Pod): string | undefined {
  const uid = pod.metadata.labels?.[createdByLabel] ?? "";
  return uid === "" ? undefined : `${createdByLabel}=${uid}`;
}

/** Name of the migration that the Pod was made for; `undefined` for every other Pod. */
export function migrationOf(pod: Pod): string | undefined {
  const name = pod.metadata.annotations?.[migrationAnnotation] ?? "";
  return name === "" ? undefined : name;
}

/**
 * Whether a VM still wants its addresses (spec/ipam.md §11.3): it runs, or it may be started again.
 *
 * @param vmi the VirtualMachineInstance of the endpoint's name, `undefined` if there is none
 * @param vm the VirtualMachine of that name
 */
export function isWantedVm(
  { vmi, vm }: { readonly vmi: VirtualMachineInstance | undefined; readonly vm: VirtualMachine | undefined },
): boolean {
  if (vmi !== undefined && vmi.metadata.deletionTimestamp === undefined) return true;
  if (vmi !== undefined && !isOfVm(vmi)) return false;
  return vm !== undefined && vm.metadata.deletionTimestamp === undefined;
}

function isOfVm(vmi: VirtualMachineInstance): boolean {
  const owner = controllerOf(vmi);
  return owner?.apiVersion === apiVersion && owner.kind === "VirtualMachine";
}
