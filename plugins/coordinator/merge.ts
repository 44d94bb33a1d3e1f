import type { CoordinatorConfig, CoordinatorRoute } from "../../agent/api/mod.ts";
import { type Address, networkOf, parseAddress, parseAddressOrPrefix, type Prefix } from "../../net/ip/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import type { CoordinatorConf } from "./config.ts";
import { type CoordinatorSettings, type Mode, modes, type PolicyRoute } from "./settings.ts";

const DEFAULT_HOST_RULE_TABLE = 500;
const DEFAULT_VETH_MTU = 1500;
/** Smallest MTU that IPv4 allows; largest of a veth. */
const MTU_RANGE = [68, 65_535] as const;
/** Many times what a cluster has: each element of a list is a route in every Pod. */
const MAX_LIST = 1024;

/** Keys of the prefixes that Pods reach through their node, in their order. */
const hijackKeys = ["overlayPodCIDR", "serviceCIDR", "hijackCIDR"] as const;

/**
 * Each key as the network configuration has it, else as the agent says, else its default. Lists are replaced, never joined.
 * An empty text or list is one that is not set.
 *
 * @param agent its answer
 * @throws {CniError} code 7, naming the key
 */
export function mergeSettings(conf: CoordinatorConf, agent: Partial<CoordinatorConfig>): CoordinatorSettings {
  return {
    mode: modeOf(conf.mode || agent.mode || "auto"),
    firstLink: conf.podDefaultCniNic || "eth0",
    hijacked: hijackKeys.flatMap((key) => prefixesOf(key, listOf(conf[key], agent[key]))),
    policyRoutes: bounded("policyRoutes", listOf(conf.policyRoutes, agent.policyRoutes)).map(policyRouteOf),
    tunePodRoutes: conf.tunePodRoutes ?? agent.tunePodRoutes ?? true,
    defaultRouteLink: conf.podDefaultRouteNic || agent.podDefaultRouteNIC || "",
    macPrefix: macPrefixOf(conf.podMACPrefix || agent.podMACPrefix || ""),
    hostRuleTable: hostRuleTableOf(conf.hostRuleTable ?? unlessZero(agent.hostRuleTable) ?? DEFAULT_HOST_RULE_TABLE),
    podRpFilter: rpFilterOf(conf.podRPFilter ?? agent.podRPFilter ?? 0),
    txQueueLength: txQueueLengthOf(conf.txQueueLen ?? agent.txQueueLen ?? 0),
    vethLinkAddress: linkAddressOf(conf.vethLinkAddress || agent.vethLinkAddress || ""),
    vethMtu: vethMtuOf(conf.vethMTU ?? unlessZero(agent.vethMTU) ?? DEFAULT_VETH_MTU),
    excludedHostAddresses: prefixesOf("hostAddressExclude", conf.hostAddressExclude ?? []),
  };
}

/** Whether the configuration itself switches the plugin off: then nobody need be asked. */
export function isDisabled({ mode = "" }: CoordinatorConf): boolean {
  return ["disable", "disabled"].includes(mode);
}

function listOf<T>(own: readonly T[] | undefined, agent: readonly T[] | null | undefined): readonly T[] {
  return own !== undefined && own.length > 0 ? own : agent ?? [];
}

function unlessZero(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}

function hostRuleTableOf(table: number): number {
  if ((table >= 1 && table <= 252) || (table >= 256 && table <= 0xffff_ffff)) return table;
  throw refusal("hostRuleTable", {
    value: table,
    reason: "it must be 1–252 or 256–4294967295: the others are the kernel's",
  });
}

/** The CRDs say `disabled`, upstream's plugin `disable`. */
function modeOf(text: string): Mode {
  const mode = text === "disable" ? "disabled" : modes.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw refusal("mode", { value: text, reason: `unknown tuneMode: it must be one of ${modes.join(", ")}` });
}

function prefixesOf(key: string, texts: readonly string[]): Prefix[] {
  return bounded(key, texts).map((text) => networkOf(parsed(key, { text, parse: parseAddressOrPrefix })));
}

function bounded<T>(key: string, list: readonly T[]): readonly T[] {
  if (list.length <= MAX_LIST) return list;
  throw new CniError(
    CniCode.InvalidConfig,
    `Cannot use ${key}: it has ${list.length} elements, at most ${MAX_LIST} are used`,
  );
}

function policyRouteOf({ dst = "", gw = "" }: Partial<CoordinatorRoute>): PolicyRoute {
  const destination = networkOf(parsed("policyRoutes", { text: dst, parse: parseAddressOrPrefix }));
  const gateway = parsed("policyRoutes", { text: gw, parse: parseAddress });
  if (destination.address.family === gateway.family) return { destination, gateway };
  throw refusal("policyRoutes", {
    value: `${dst} via ${gw}`,
    reason: "destination and gateway are of different families",
  });
}

function macPrefixOf(text: string): Bytes | undefined {
  if (text === "") return undefined;
  const match = /^([0-9a-f]{2}):([0-9a-f]{2})$/i.exec(text.trim());
  const bytes = (match?.slice(1) ?? []).map((pair) => parseInt(pair, 16));
  const [first] = bytes;
  if (first === undefined) {
    throw refusal("podMACPrefix", { value: text, reason: 'it must be two hexadecimal pairs joined by ":"' });
  }
  if ((first & 1) === 0) return Uint8Array.from(bytes);
  throw refusal("podMACPrefix", { value: text, reason: "it must be unicast: its first number must be even" });
}

function rpFilterOf(value: number): number | undefined {
  if (value < 0) return undefined;
  if (value <= 2) return value;
  throw refusal("podRPFilter", { value, reason: "it must be 0, 1 or 2, or negative to leave it" });
}

function txQueueLengthOf(value: number): number | undefined {
  if (value > 0xffff_ffff) throw refusal("txQueueLen", { value, reason: "it must be below 4294967296" });
  return value > 0 ? value : undefined;
}

function linkAddressOf(text: string): Address | undefined {
  return text === "" ? undefined : parsed("vethLinkAddress", { text, parse: parseAddress });
}

function vethMtuOf(value: number): number {
  const [least, most] = MTU_RANGE;
  if (value >= least && value <= most) return value;
  throw refusal("vethMTU", { value, reason: `it must be ${least}–${most} bytes` });
}

function parsed<T>(key: string, { text, parse }: { text: string; parse: (text: string) => T }): T {
  try {
    return parse(text.trim());
  } catch (err) {
    throw refusal(key, { value: text, reason: err instanceof Error ? err.message : String(err) });
  }
}

function refusal(key: string, { value, reason }: { value: string | number; reason: string }): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key} ${JSON.stringify(value)}: ${reason}`);
}
