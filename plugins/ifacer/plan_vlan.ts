import type { Link } from "../../net/route/mod.ts";
import type { Step } from "../../net/steps/mod.ts";
import { ETH_P } from "../../net/uapi/mod.ts";
import { invalidConfig } from "./errors.ts";
import { linkNamed, nameOf, type Observed } from "./observed.ts";
import type { VlanSettings } from "./settings.ts";
import { setUp } from "./set_up.ts";

/**
 * Refuses an id that another VLAN of the node has, whoever made that and wherever it sits: upstream promises one segment per id.
 *
 * @throws {CniError} code 7
 */
export function refuseTakenId({ name, id }: VlanSettings, { links }: Observed): void {
  const other = links.find((link) => link.info?.vlan?.id === id && link.name !== name);
  if (other === undefined) return;
  throw invalidConfig(
    `Cannot use VLAN ${id} by ${name}: ${other.name} has it; ` +
      `cannot have multiple different vlan interfaces with the same vlanId ${id} on node at the same time`,
  );
}

/**
 * Steps for a VLAN sub-interface and, so that packets flow, its parent.
 *
 * @param options `parentIsReady`: the steps before see to the parent
 * @throws {CniError} code 7
 */
export function planVlan(
  vlan: VlanSettings,
  { observed, parentIsReady }: { observed: Observed; parentIsReady: boolean },
): Step[] {
  const { name, parent: parentName, id } = vlan;
  const parent = linkNamed(observed, parentName);
  if (parent === undefined && !parentIsReady) {
    throw invalidConfig(`Cannot make VLAN link ${name}: there is no link ${parentName} on this node`);
  }
  const existing = linkNamed(observed, name);
  if (existing !== undefined) checkVlan(existing, { vlan, observed, parent });
  return [
    ...(parent === undefined || parentIsReady ? [] : setUp(parent)),
    ...(existing === undefined
      ? [{ do: "createVlan", place: "host", link: name, parent: parentName, id } as const]
      : []),
    ...setUp(existing ?? { name, up: false }),
  ];
}

interface Comparison {
  readonly vlan: VlanSettings;
  readonly observed: Observed;
  readonly parent: Link | undefined;
}

function checkVlan(existing: Link, comparison: Comparison): void {
  const difference = differenceOf(existing, comparison);
  if (difference === undefined) return;
  throw invalidConfig(
    `Cannot use link ${existing.name} as VLAN ${comparison.vlan.id}: ${difference}; remove or rename it`,
  );
}

function differenceOf(
  { kind = "hardware", info, parentIndex, parentNetnsId }: Link,
  { vlan, observed, parent }: Comparison,
): string | undefined {
  if (kind !== "vlan") return `its kind is ${kind}, not vlan`;
  if (info?.vlan?.id !== vlan.id) return `it has VLAN ${info?.vlan?.id}`;
  if (info.vlan.protocol !== ETH_P["8021Q"]) return "its protocol is not 802.1Q";
  if (parentNetnsId !== undefined) return "it sits on a link of another network namespace";
  if (parentIndex === undefined || parentIndex !== parent?.index) {
    return `it sits on ${nameOf(observed, parentIndex ?? 0)}, not on ${vlan.parent}`;
  }
  return undefined;
}
