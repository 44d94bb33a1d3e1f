import type { ObjectSchema } from "../../agent/api/mod.ts";
import { bondModes, checkLinkName } from "../../net/route/mod.ts";
import { CniCode, confFields, decodeSection, memberOf, type NetConf } from "../cni/mod.ts";
import { parseBondOptions } from "./bond_options.ts";
import { invalidConfig } from "./errors.ts";
import type { BondSettings, IfacerSettings } from "./settings.ts";

interface BondConf {
  name?: string;
  options?: string;
}

interface IfacerConf {
  interfaces?: string[];
  vlanID?: number;
  bond?: BondConf;
}

const { text, integer, texts } = confFields;
const bondModel: ObjectSchema<BondConf> = {
  type: "object",
  title: "Bond",
  required: [],
  properties: { name: text, options: text },
};
const confModel: ObjectSchema<IfacerConf> = {
  type: "object",
  title: "Config",
  required: [],
  properties: { interfaces: texts, vlanID: integer, bond: bondModel },
};

const DEFAULT_BOND = "sp_bond0";
const MAX_VLAN_ID = 4094;
/** More ports than a node has. */
const MAX_MEMBERS = 64;

/** What a configuration asks for. */
export interface ParsedConf {
  readonly settings: IfacerSettings;
  /** What in it has no meaning. */
  readonly warnings: readonly string[];
}

/** Reads and checks the plugin's own keys. Unknown keys are ignored. @throws {CniError} code 7 */
export function parseIfacerConf({ json }: NetConf): ParsedConf {
  const { interfaces = [], vlanID: id = 0, bond } = decodeSection(confModel, json, CniCode.InvalidConfig);
  checkInterfaces(interfaces);
  if (id < 0 || id > MAX_VLAN_ID) {
    throw invalidConfig(`Cannot use vlanID ${id}: it must be 1–${MAX_VLAN_ID}, or 0 for no VLAN`);
  }
  const [first = ""] = interfaces;
  if (bond === undefined) {
    if (interfaces.length === 1) return { settings: { bond: undefined, vlan: vlanOf(first, id) }, warnings: [] };
    throw invalidConfig(`Cannot use ${interfaces.length} interfaces without a bond: add one, or name one interface`);
  }
  if (interfaces.length === 1) {
    throw invalidConfig(`Cannot make a bond of ${first} alone: name a second interface, or leave the bond out`);
  }
  const mode = parseBondMode(memberOf(memberOf(json, "bond"), "mode"));
  return bondConf(bond, { interfaces, id, mode });
}

function bondConf(
  { name: given, options: list = "" }: BondConf,
  { interfaces, id, mode }: { interfaces: readonly string[]; id: number; mode: number },
): ParsedConf {
  const name = given || DEFAULT_BOND;
  checkName(name);
  if (interfaces.includes(name)) throw invalidConfig(`Cannot make ${name} part of itself: give the bond another name`);
  const { warnings, ...options } = parseBondOptions(list, interfaces);
  const bond: BondSettings = { name, members: interfaces, mode, ...options };
  return { settings: { bond, vlan: vlanOf(name, id) }, warnings };
}

/** The VLAN's name is what main plugins are configured with: it is never shortened. */
function vlanOf(parent: string, id: number): IfacerSettings["vlan"] {
  if (id === 0) return undefined;
  const name = `${parent}.${id}`;
  checkName(name);
  return { name, parent, id };
}

function checkInterfaces(interfaces: readonly string[]): void {
  const { length } = interfaces;
  if (length < 1 || length > MAX_MEMBERS) {
    throw invalidConfig(`Cannot use ${length} interfaces: there must be 1–${MAX_MEMBERS}`);
  }
  interfaces.forEach(checkName);
  const twice = interfaces.find((name, i) => interfaces.indexOf(name) !== i);
  if (twice !== undefined) throw invalidConfig(`Cannot use interfaces: ${twice} is named twice`);
}

function checkName(name: string): void {
  try {
    checkLinkName(name);
  } catch (err) {
    if (err instanceof RangeError) throw invalidConfig(err.message, { cause: err });
    throw err;
  }
}

/** The mode's number, from that or from its name, such as `802.3ad`. @throws {CniError} code 7 */
function parseBondMode(given: unknown = 0): number {
  const mode = typeof given === "string" ? modeNamed(given.trim()) : given;
  if (typeof mode === "number" && bondModes[mode] !== undefined) return mode;
  const known = bondModes.map((name, number) => `${number} (${name})`).join(", ");
  throw invalidConfig(`Cannot use bond.mode ${JSON.stringify(given)}: it must be one of ${known}`);
}

function modeNamed(name: string): number {
  return /^\d+$/.test(name) ? Number(name) : bondModes.indexOf(name);
}
