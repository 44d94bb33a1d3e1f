import { type EndpointOwner, fixedAddressOf } from "../../crd/ipam/endpoint.ts";
import { migrationOf } from "../../crd/ipam/virtual_machine.ts";
import { KubeApiError } from "../../crd/kube/errors.ts";
import type { IpamDeps } from "./deps.ts";

/** Where migrations are read. */
export interface MigrationReads {
  readonly reads: {
    readonly virtualMachineInstanceMigrations: Pick<
      IpamDeps["reads"]["virtualMachineInstanceMigrations"],
      "tryGet"
    >;
  };
}

/**
 * Whether the Pod is one that a VM migrates to: the VM's other Pod still answers for its addresses, which is no
 * conflict. An agent that may not read migrations takes the Pod's annotation for it.
 */
export async function isMigrationTarget(
  { reads }: MigrationReads,
  owner: EndpointOwner,
  signal: AbortSignal,
): Promise<boolean> {
  const name = fixedAddressOf(owner) === "kubevirt" ? migrationOf(owner.pod) : undefined;
  if (name === undefined) return false;
  const { namespace = "" } = owner.pod.metadata;
  try {
    return await reads.virtualMachineInstanceMigrations.tryGet({ namespace, name }, { signal }) !== undefined;
  } catch (err) {
    if (err instanceof KubeApiError && err.status === 403) return true;
    throw err;
  }
}
