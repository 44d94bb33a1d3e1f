/** Scenarios for tests of plans. @module */
import { parseIfacerConf } from "./config.ts";
import { type FixtureLink, nodeWith } from "./node_fixture.ts";
import { type Plan, planIfacer } from "./plan.ts";

/** What is wanted of which node. */
export interface Scenario {
  /** Of the plugin's own keys. */
  readonly conf: Readonly<Record<string, unknown>>;
  readonly node: readonly FixtureLink[];
}

/** The plan for it, read and made as ADD does. */
export function planFor({ conf, node }: Scenario): Plan {
  const { settings } = parseIfacerConf({ cniVersion: "1.0.0", name: "net", json: conf });
  return planIfacer(settings, nodeWith(...node));
}

/** VLAN 50 on `eth1`. */
export const vlan50 = { interfaces: ["eth1"], vlanID: 50 };
/** A bond of `eth1` and `eth2`. */
export const bond = { interfaces: ["eth1", "eth2"], bond: { mode: 1, options: "primary=eth2; miimon=100" } };
/** {@linkcode bond} and VLAN 100 on it. */
export const bondVlan = { ...bond, vlanID: 100 };

/** A link that nobody uses. */
export const eth1: FixtureLink = { name: "eth1" };
/** Another. */
export const eth2: FixtureLink = { name: "eth2" };
/** What is there when {@linkcode bond} was made. */
export const wholeBond: readonly FixtureLink[] = [
  { name: "sp_bond0", bond: 1 },
  { name: "eth1", master: "sp_bond0" },
  { name: "eth2", master: "sp_bond0" },
];
