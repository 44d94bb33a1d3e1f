import assert from "node:assert/strict";
import type { Pod, VirtualMachine, VirtualMachineInstance } from "../core/mod.ts";
import { isWantedVm, launcherSelectorOf, migrationOf, vmiNameOf } from "./virtual_machine.ts";

const owner = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachine", name: "vm1", uid: "V1", controller: true };
const ending = { deletionTimestamp: "2026-01-01T00:00:00Z" };

function vmi(metadata: Partial<VirtualMachineInstance["metadata"]> = {}): VirtualMachineInstance {
  return { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstance", metadata: { name: "vm1", ...metadata } };
}

function vm(metadata: Partial<VirtualMachine["metadata"]> = {}): VirtualMachine {
  return { apiVersion: "kubevirt.io/v1", kind: "VirtualMachine", metadata: { name: "vm1", ...metadata } };
}

const cases: readonly (Parameters<typeof isWantedVm>[0] & { readonly name: string; readonly want: boolean })[] = [
  { name: "it runs", vmi: vmi({ ownerReferences: [owner] }), vm: vm(), want: true },
  { name: "it runs without a VM", vmi: vmi(), vm: undefined, want: true },
  { name: "it is being stopped", vmi: vmi({ ...ending, ownerReferences: [owner] }), vm: vm(), want: true },
  { name: "it is being stopped without a VM", vmi: vmi(ending), vm: undefined, want: false },
  { name: "it is being stopped, a VM of that name is not its own", vmi: vmi(ending), vm: vm(), want: false },
  { name: "it is stopped", vmi: undefined, vm: vm(), want: true },
  { name: "the VM is being deleted", vmi: undefined, vm: vm(ending), want: false },
  {
    name: "VM and instance are being deleted",
    vmi: vmi({ ...ending, ownerReferences: [owner] }),
    vm: vm(ending),
    want: false,
  },
  { name: "both are gone", vmi: undefined, vm: undefined, want: false },
];
for (const { name, want, ...found } of cases) {
  Deno.test(`isWantedVm(): ${name}`, () => assert.equal(isWantedVm(found), want));
}

function pod(metadata: Partial<Pod["metadata"]>): Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "l1", namespace: "ns1", ...metadata }, spec: {} };
}

Deno.test("vmiNameOf() takes KubeVirt's instances that control the Pod, and nothing else", () => {
  const instance = { ...owner, kind: "VirtualMachineInstance" };
  const references = [instance, { ...instance, controller: false }, { ...instance, apiVersion: "other/v1" }, owner];
  const names = references.map((reference) => vmiNameOf(pod({ ownerReferences: [reference] })));
  assert.deepEqual([...names, vmiNameOf(pod({}))], ["vm1", undefined, undefined, undefined, undefined]);
});

Deno.test("launcherSelectorOf() and migrationOf() read what KubeVirt writes on its Pods", () => {
  const labels = { "kubevirt.io/created-by": "I1" };
  const annotations = { "kubevirt.io/migrationJobName": "m1" };
  assert.equal(launcherSelectorOf(pod({ labels })), "kubevirt.io/created-by=I1");
  assert.equal(migrationOf(pod({ annotations })), "m1");
  assert.deepEqual([launcherSelectorOf(pod({})), migrationOf(pod({}))], [undefined, undefined]);
});
