import type { Step } from "../../net/steps/mod.ts";
import type { Observed } from "./observed.ts";
import { planBond } from "./plan_bond.ts";
import { planVlan, refuseTakenId } from "./plan_vlan.ts";
import type { IfacerSettings } from "./settings.ts";

/** What has to be changed on the node. */
export interface Plan {
  /** In order; empty when everything is there. */
  readonly steps: readonly Step[];
  /** A wish that only holds until the bond next fails over, after all else: refused, nothing is lost. */
  readonly activation: Step | undefined;
}

/**
 * Plans the links that the settings ask for. Compares with what is there: planned again after it was applied, nothing is left to
 * do. What others made or use is never changed but for being set up.
 *
 * @throws {CniError} code 7 when the links of the node do not fit
 */
export function planIfacer({ bond, vlan }: IfacerSettings, observed: Observed): Plan {
  if (vlan !== undefined) refuseTakenId(vlan, observed);
  const below = bond === undefined ? undefined : planBond(bond, observed);
  const above = vlan === undefined ? [] : planVlan(vlan, { observed, parentIsReady: bond !== undefined });
  return { steps: [...(below?.steps ?? []), ...above], activation: below?.activation };
}
