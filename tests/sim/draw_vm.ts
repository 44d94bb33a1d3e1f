import type { Dice } from "./dice.ts";
import type { Scene } from "./draw.ts";
import type { EndStyle, Operation } from "./operation.ts";
import { podNetworks, vmNetworks } from "./pool_specs.ts";
import type { VmState } from "./vms.ts";

/** How the new Pod of a migration ends that fails; most succeed. */
const migrationEnds = [[3, undefined], [1, "orderly"], [0.5, "object-first"], [0.5, "missed"]] as const;

/** Starts a VM, mostly as it was before, at times with other pools in its template. */
export function startVm({ vms, nodes }: Scene, dice: Dice): Operation | undefined {
  const make = ({ name, network }: VmState): Operation => ({
    do: "start-vm",
    vm: name,
    node: dice.pick(nodes),
    network: network !== undefined && dice.chance(0.6) ? network : dice.pick(vmNetworks),
  });
  return onVm(dice, { of: vms.filter(({ phase }) => phase === "stopped"), make });
}

/** Migrates a VM; its template may name other pools by then. */
export function migrateVm({ vms, nodes }: Scene, dice: Dice): Operation | undefined {
  const make = ({ name, network = 0 }: VmState): Operation => {
    const fails = dice.weighted<EndStyle | undefined>(migrationEnds);
    const template = dice.pick(vmNetworks.filter((other) => hasSameNics(other, network)));
    return { do: "migrate-vm", vm: name, node: dice.pick(nodes), template, ...fails !== undefined && { fails } };
  };
  return onVm(dice, { of: vms.filter(({ isSteady }) => isSteady), make });
}

/** Stops or deletes a VM, at times while it migrates. */
export function stopVm({ vms }: Scene, dice: Dice): Operation | undefined {
  const make = ({ name, phase }: VmState): Operation => ({
    do: "stop-vm",
    vm: name,
    style: dice.weighted<EndStyle>([[5, "orderly"], [2, "object-first"], [0.7, "missed"]]),
    isDeleted: phase === "stopped" || dice.chance(0.5),
  });
  return onVm(dice, { of: vms.filter(({ phase }) => phase === "running" || phase === "stopped"), make });
}

function onVm(
  dice: Dice,
  { of, make }: { readonly of: readonly VmState[]; readonly make: (vm: VmState) => Operation },
): Operation | undefined {
  return of.length === 0 ? undefined : make(dice.pick(of));
}

function hasSameNics(a: number, b: number): boolean {
  return podNetworks[a]?.nics.join() === podNetworks[b]?.nics.join();
}
