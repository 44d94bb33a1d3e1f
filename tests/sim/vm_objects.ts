import { virtualMachineInstances, virtualMachines } from "../../crd/core/mod.ts";
import type { Clock } from "../../net/base/clock.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeTransport, OwnerReference } from "../../crd/kube/contract.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import { definitionOf, kubevirtKinds } from "../shared/kubevirt_kinds.ts";
import { controllerRef } from "./owners.ts";

const apiVersion = "kubevirt.io/v1";
/** Keeps a VM or its instance until the Pods have gone, as KubeVirt's own finalizers do. */
const FINALIZER = "kubevirt.io/own";

/** The definitions of KubeVirt's Kinds. */
export const kubevirtCrds: readonly unknown[] = kubevirtKinds.map(definitionOf);

/** KubeVirt's objects as its users and controllers handle them, without faults. A VM and its instance share their name. */
export class VmObjects {
  readonly #namespace: string;
  readonly #vms;
  readonly #instances;

  constructor(transport: KubeTransport, { clock, namespace }: { clock: Clock; namespace: string }) {
    this.#namespace = namespace;
    this.#vms = resourceClient(transport, virtualMachines, { clock });
    this.#instances = resourceClient(transport, virtualMachineInstances, { clock });
  }

  /** Creates the instance, and the VM if there is none. @returns the reference that the instance's Pods carry */
  async start(name: string): Promise<OwnerReference> {
    const vm = await this.#vms.tryGet(this.#key(name)) ??
      await this.#vms.create({ apiVersion, kind: "VirtualMachine", metadata: this.#metadata(name) });
    const metadata = { ...this.#metadata(name), ownerReferences: [controllerRef(vm)] };
    return controllerRef(await this.#instances.create({ apiVersion, kind: "VirtualMachineInstance", metadata }));
  }

  /** Marks the instance as being deleted. */
  async stop(name: string): Promise<void> {
    await this.#instances.delete(this.#key(name), {}).catch(ignoreNotFound);
  }

  /** Marks the VM as being deleted. */
  async remove(name: string): Promise<void> {
    await this.#vms.delete(this.#key(name), {}).catch(ignoreNotFound);
  }

  /** Lets go of what is being deleted, once the Pods have gone. */
  async finish(name: string): Promise<void> {
    for (const client of [this.#instances, this.#vms]) {
      const found = await client.tryGet(this.#key(name));
      if (found?.metadata.deletionTimestamp === undefined) continue;
      await client.patch(this.#key(name), { type: "merge", patch: { metadata: { finalizers: [] } } });
    }
  }

  #key(name: string) {
    return { namespace: this.#namespace, name };
  }

  #metadata(name: string) {
    return { ...this.#key(name), finalizers: [FINALIZER] };
  }
}

function ignoreNotFound(err: unknown): void {
  if (!isNotFound(err)) throw err;
}
