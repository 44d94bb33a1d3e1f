import { type Address, formatAddress, formatPrefix, networkOf, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { compareVersions } from "./versions.ts";

/** A link of the attachment. */
export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  /** Path of the network namespace; absent for a link of the host. */
  readonly sandbox?: string;
  /** Bytes. Since 1.1.0, as the next two. */
  readonly mtu?: number;
  readonly socketPath?: string;
  readonly pciID?: string;
}

/** An address of the attachment. */
export interface CniIp {
  /** Only in 0.3.0 to 0.4.0. */
  readonly version?: "4" | "6";
  /** Index into the result's `interfaces`. */
  readonly interface?: number;
  /** `ip/prefixLength`, host bits kept. */
  readonly address: string;
  readonly gateway?: string;
}

/** A route of the attachment. */
export interface CniRoute {
  /** A prefix without host bits. */
  readonly dst: string;
  readonly gw?: string;
  /** Since 1.1.0, as the next four; `mtu` and `advmss` in bytes. */
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** Name resolution of the attachment. */
export interface CniDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** A result of 0.3.0 and later. */
export interface ListResult {
  readonly cniVersion: string;
  readonly interfaces?: readonly CniInterface[];
  readonly ips?: readonly CniIp[];
  readonly routes?: readonly CniRoute[];
  readonly dns?: CniDns;
}

/** The address of one family in a {@linkcode PairResult}. */
export interface PairIp {
  readonly ip: string;
  readonly gateway?: string;
  readonly routes?: readonly CniRoute[];
}

/** A result of 0.1.0 and 0.2.0. */
export interface PairResult {
  readonly cniVersion: string;
  readonly ip4?: PairIp;
  readonly ip6?: PairIp;
  readonly dns?: CniDns;
}

/** A result of any version; `cniVersion` tells which. */
export type CniResult = ListResult | PairResult;

/** Shapes of results, oldest first: 0.1.0–0.2.0, 0.3.0–0.4.0, 1.0.0 and later. */
const shapes = ["pair", "tagged", "list"] as const;
/** One of them. */
export type Shape = typeof shapes[number];

/** The shape of results of a version. */
export function shapeOf(version: string): Shape {
  if (compareVersions(version, "0.3.0") < 0) return "pair";
  return compareVersions(version, "1.0.0") < 0 ? "tagged" : "list";
}

/** Conversions to the next newer shape. */
const upgrades: Readonly<Partial<Record<Shape, (result: CniResult) => CniResult>>> = {
  pair: (result) => taggedFromPair(result as PairResult),
  tagged: (result) => listFromTagged(result as ListResult),
};

/** Conversions to the next older shape. */
const downgrades: Readonly<Partial<Record<Shape, (result: CniResult) => CniResult>>> = {
  list: (result) => taggedFromList(result as ListResult),
  tagged: (result) => pairFromTagged(result as ListResult),
};

/**
 * Gives `result` the shape of another version, through the shapes between them.
 *
 * @param target a version; empty for 0.1.0
 * @throws {Error} when 0.1.0 or 0.2.0 is wanted and there is no address
 */
export function convertResult(result: CniResult, target: string): CniResult {
  if (target === result.cniVersion) return result;
  const to = shapes.indexOf(shapeOf(target));
  let at = shapes.indexOf(shapeOf(result.cniVersion));
  let converted = result;
  for (; at < to; at++) converted = upgrades[shapes[at] ?? "list"]?.(converted) ?? converted;
  for (; at > to; at--) converted = downgrades[shapes[at] ?? "pair"]?.(converted) ?? converted;
  return { ...converted, cniVersion: target === "" ? "0.1.0" : target };
}

/**
 * The JSON of a result as upstream prints it: 4 spaces, no newline at the end, empty lists left out, `dns` always there.
 */
export function formatResult(result: CniResult): string {
  const { cniVersion, dns = {} } = result;
  const members = "ip4" in result || "ip6" in result
    ? { ip4: result.ip4, ip6: result.ip6 }
    : listMembers(result as ListResult);
  return JSON.stringify({ cniVersion, ...members, dns: dnsMembers(dns) }, null, 4);
}

function listMembers({ interfaces, ips, routes }: ListResult): Record<string, unknown> {
  return { interfaces: unlessEmpty(interfaces), ips: unlessEmpty(ips), routes: unlessEmpty(routes) };
}

function dnsMembers({ nameservers, domain, search, options }: CniDns): Record<string, unknown> {
  return {
    nameservers: unlessEmpty(nameservers),
    domain: domain === "" ? undefined : domain,
    search: unlessEmpty(search),
    options: unlessEmpty(options),
  };
}

function unlessEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function taggedFromPair({ cniVersion, ip4, ip6, dns }: PairResult): ListResult {
  const pairs = [ip4, ip6].filter((ip) => ip !== undefined);
  return {
    cniVersion,
    ips: pairs.map(({ ip, gateway }) => tagged({ address: ip, ...(gateway === undefined ? {} : { gateway }) })),
    routes: pairs.flatMap(({ routes = [] }) => routes),
    ...(dns === undefined ? {} : { dns }),
  };
}

function listFromTagged(result: ListResult): ListResult {
  return { ...result, ips: (result.ips ?? []).map(({ version: _, ...ip }) => ip) };
}

function taggedFromList(result: ListResult): ListResult {
  return {
    ...result,
    interfaces: (result.interfaces ?? []).map(({ mtu: _m, socketPath: _s, pciID: _p, ...link }) => link),
    ips: (result.ips ?? []).map(tagged),
    routes: (result.routes ?? []).map(({ dst, gw }) => ({ dst, ...(gw === undefined ? {} : { gw }) })),
  };
}

function pairFromTagged({ cniVersion, ips = [], routes = [], dns }: ListResult): PairResult {
  const ip4 = pairIp(4, { ips, routes });
  const ip6 = pairIp(6, { ips, routes });
  if (ip4 === undefined && ip6 === undefined) throw new Error("Cannot convert the result to 0.2.0: it has no address");
  return {
    cniVersion,
    ...(ip4 === undefined ? {} : { ip4 }),
    ...(ip6 === undefined ? {} : { ip6 }),
    ...(dns === undefined ? {} : { dns }),
  };
}

function pairIp(
  family: Address["family"],
  { ips, routes }: { ips: readonly CniIp[]; routes: readonly CniRoute[] },
): PairIp | undefined {
  const first = ips.find(({ address }) => familyOf(address) === family);
  if (first === undefined) return undefined;
  const own = unlessEmpty(routes.filter(({ dst }) => familyOf(dst) === family));
  return {
    ip: first.address,
    ...(first.gateway === undefined ? {} : { gateway: first.gateway }),
    ...(own === undefined ? {} : { routes: own }),
  };
}

function tagged(ip: CniIp): CniIp {
  return { version: familyOf(ip.address) === 4 ? "4" : "6", ...ip };
}

function familyOf(prefix: string): Address["family"] {
  return parsePrefix(prefix).address.family;
}

/** A route as results hold it: `dst` without host bits. @throws {SyntaxError} when one of them is no address */
export function cniRoute({ dst, gw }: { dst: string; gw: string }): CniRoute {
  const route = { dst: formatPrefix(networkOf(parsePrefix(dst))) };
  return gw === "" ? route : { ...route, gw: formatAddress(parseAddress(gw)) };
}
