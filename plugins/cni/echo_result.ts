import { parsePrefix } from "../../net/ip/mod.ts";
import { memberOf, type NetConf } from "./config.ts";
import { CniCode, CniError } from "./errors.ts";
import { shapeOf } from "./result.ts";
import { DEFAULT_VERSION } from "./versions.ts";

/** A link of a result. */
export interface EchoedLink {
  readonly name: string;
  readonly mac: string | undefined;
  /** Where it is; `undefined` or empty: on the node. */
  readonly sandbox: string | undefined;
}

/** The result of the plugins before, as a chained plugin passes it on. */
export interface EchoedResult {
  /** With every member it came with, those this project does not know too. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly interfaces: readonly EchoedLink[];
  readonly ips: readonly { readonly address: string; readonly interface: number | undefined }[];
}

/** What a chained plugin changes of it. */
export interface ResultChanges {
  /** New link-layer addresses by the name of the link in the Pod. */
  readonly macs?: Readonly<Record<string, string>>;
}

/**
 * Reads `prevResult`, which must be of the generation of the config's version: 0.1.0–0.2.0, 0.3.0–0.4.0, 1.0.0 and later.
 *
 * @returns `undefined` when there is none
 * @throws {CniError} code 7 when it is no result
 */
export function echoedResultOf(config: NetConf): EchoedResult | undefined {
  const member = memberOf(config.json, "prevResult");
  if (member === undefined) return undefined;
  if (!isObject(member)) throw broken("it is no object");
  const wanted = config.cniVersion || DEFAULT_VERSION;
  const own = memberOf(member, "cniVersion") ?? wanted;
  if (typeof own !== "string") throw broken("its cniVersion is no text");
  if (shapeOf(own) !== shapeOf(wanted)) {
    throw broken(`it is of version ${own}, the configuration of ${wanted}`);
  }
  const result = shapeOf(wanted) === "pair" ? pairParts(member) : listParts(member);
  return { ...result, json: { ...withoutVersion(member), cniVersion: wanted } };
}

/**
 * Like {@linkcode echoedResultOf}, for CHECK, which cannot do without.
 *
 * @throws {CniError} code 7 when it is missing or no result
 */
export function previousResultOf(config: NetConf): EchoedResult {
  const result = echoedResultOf(config);
  if (result !== undefined) return result;
  throw new CniError(CniCode.InvalidConfig, "Cannot check: the configuration has no prevResult");
}

/** Like {@linkcode echoedResultOf}, but one that cannot be read counts as none: DEL goes on. */
export function tryEchoedResultOf(config: NetConf): EchoedResult | undefined {
  try {
    return echoedResultOf(config);
  } catch (err) {
    if (err instanceof CniError) return undefined;
    throw err;
  }
}

/** Addresses of `ifname` in a result, `ip/prefixLength`; one that belongs to no link counts too. */
export function addressesOf({ interfaces, ips }: Pick<EchoedResult, "interfaces" | "ips">, ifname: string): string[] {
  const links = linksOf(interfaces, ifname);
  const own = ips.filter((ip) =>
    ip.interface === undefined || links.some((link) => interfaces[ip.interface ?? -1] === link)
  );
  return own.map(({ address }) => address);
}

/**
 * The links of that name in the Pod. The node may have one of the same name, such as the `eth0` below a macvlan: where plugins
 * say which is in a sandbox, that counts.
 */
export function linksOf(interfaces: readonly EchoedLink[], ifname: string): EchoedLink[] {
  const named = interfaces.filter(({ name }) => name === ifname);
  const inPod = named.filter(({ sandbox = "" }) => sandbox !== "");
  return inPod.length > 0 ? inPod : named;
}

/** The JSON to print: the result as it came, in the config's version, with `changes`. */
export function formatEchoed({ json, interfaces }: EchoedResult, { macs = {} }: ResultChanges = {}): string {
  const { cniVersion, ...members }: Record<string, unknown> = json;
  const key = Object.keys(members).find((name) => name.toLowerCase() === "interfaces");
  const links = key === undefined ? undefined : members[key];
  if (key !== undefined && Array.isArray(links)) {
    members[key] = links.map((link, i) => isObject(link) ? withMac(link, macOf(interfaces, { i, macs })) : link);
  }
  return JSON.stringify({ cniVersion, ...members }, null, 4);
}

function macOf(
  interfaces: readonly EchoedLink[],
  { i, macs }: { i: number; macs: Readonly<Record<string, string>> },
): string | undefined {
  const link = interfaces[i];
  return link !== undefined && linksOf(interfaces, link.name).includes(link) ? macs[link.name] : undefined;
}

function withMac(link: Record<string, unknown>, mac: string | undefined): Record<string, unknown> {
  return mac === undefined ? link : { ...link, mac };
}

function withoutVersion(member: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(member).filter(([key]) => key.toLowerCase() !== "cniversion"));
}

type Parts = Pick<EchoedResult, "interfaces" | "ips">;

function pairParts(member: Record<string, unknown>): Parts {
  const ips = ["ip4", "ip6"].map((key) => memberOf(member, key)).filter((ip) => ip !== undefined);
  return { interfaces: [], ips: ips.map((ip) => ({ address: prefixIn(ip, "ip"), interface: undefined })) };
}

function listParts(member: Record<string, unknown>): Parts {
  return {
    interfaces: listIn(member, "interfaces").map((link) => ({
      name: textIn(link, "name"),
      mac: optionalText(link, "mac"),
      sandbox: optionalText(link, "sandbox"),
    })),
    ips: listIn(member, "ips").map((ip) => ({ address: prefixIn(ip, "address"), interface: indexIn(ip) })),
  };
}

function listIn(member: unknown, key: string): unknown[] {
  const list = memberOf(member, key) ?? [];
  if (!Array.isArray(list)) throw broken(`its ${key} are no list`);
  return list;
}

function optionalText(member: unknown, key: string): string | undefined {
  const text = memberOf(member, key);
  if (text === undefined || typeof text === "string") return text;
  throw broken(`a ${key} is no text`);
}

function textIn(member: unknown, key: string): string {
  const text = optionalText(member, key);
  if (text === undefined) throw broken(`a ${key} is missing`);
  return text;
}

function prefixIn(member: unknown, key: string): string {
  const text = textIn(member, key);
  try {
    parsePrefix(text);
  } catch (err) {
    throw broken(err instanceof Error ? err.message : String(err));
  }
  return text;
}

function indexIn(ip: unknown): number | undefined {
  const index = memberOf(ip, "interface");
  if (index === undefined) return undefined;
  if (typeof index === "number" && Number.isSafeInteger(index)) return index;
  throw broken("an interface is no whole number");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function broken(reason: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use prevResult: ${reason}`);
}
