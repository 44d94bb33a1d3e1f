import type { StepBond } from "../../net/steps/mod.ts";

/** A bond that the node is to have. */
export interface BondSettings {
  readonly name: string;
  /** Names of its members, at least two, no two the same; in the order they are added. */
  readonly members: readonly string[];
  /** 0–6. */
  readonly mode: number;
  /** One of the members. */
  readonly primary: string | undefined;
  /** The member that a new bond sends by first; one of the members. */
  readonly activeMember: string | undefined;
  readonly options: StepBond["options"];
}

/** A VLAN sub-interface that the node is to have. */
export interface VlanSettings {
  readonly name: string;
  /** Name of the link below; with a bond it is that. */
  readonly parent: string;
  /** 1–4094. */
  readonly id: number;
}

/** What the plugin is to do, checked; without bond and VLAN nothing. */
export interface IfacerSettings {
  readonly bond: BondSettings | undefined;
  readonly vlan: VlanSettings | undefined;
}

/** Whether the node is to have nothing that it has not: one interface without a VLAN. */
export function isNothing({ bond, vlan }: IfacerSettings): boolean {
  return bond === undefined && vlan === undefined;
}
