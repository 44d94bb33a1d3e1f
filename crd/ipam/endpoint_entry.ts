import { type Family, formatAddress, tryParseAddress, tryParsePrefix } from "../../net/ip/mod.ts";
import type { InterfaceAllocation, SpiderEndpoint } from "../generated/mod.ts";
import { canonicalRoute, type IpamResult, type RouteText } from "./result.ts";

/** Every address an endpoint lists, in its order, IPv4 before IPv6. Addresses that cannot be read are left out. */
export function resultsOfEndpoint(endpoint: SpiderEndpoint): readonly IpamResult[] {
  return (endpoint.status?.current.ips ?? []).flatMap(resultsOfInterface);
}

/**
 * The entry of one NIC (spec/ipam.md §10.3). `vlan` is always there: upstream's readers count on it.
 *
 * @param results at most one per family
 */
export function interfaceOf(nic: string, results: readonly IpamResult[]): InterfaceAllocation {
  const entry: InterfaceAllocation = { interface: nic, vlan: 0 };
  const routes = results.flatMap((result) => result.routes.map((route) => ({ ...route })));
  for (const result of results) Object.assign(entry, familyFields(result));
  for (const { vlan, mac, gateway, cleanGateway } of results) {
    if (vlan !== 0) entry.vlan = vlan;
    if (mac !== undefined) entry.mac = mac;
    if (gateway !== undefined) entry.cleanGateway = cleanGateway;
  }
  if (routes.length > 0) entry.routes = routes;
  return entry;
}

function familyFields({ family, address, prefixLength, pool, gateway }: IpamResult): Partial<InterfaceAllocation> {
  const text = `${formatAddress(address)}/${prefixLength}`;
  const hop = gateway && formatAddress(gateway);
  return family === 4
    ? { ipv4: text, ipv4Pool: pool, ...(hop !== undefined && { ipv4Gateway: hop }) }
    : { ipv6: text, ipv6Pool: pool, ...(hop !== undefined && { ipv6Gateway: hop }) };
}

function resultsOfInterface(entry: InterfaceAllocation): IpamResult[] {
  const { ipv4, ipv4Pool, ipv4Gateway, ipv6, ipv6Pool, ipv6Gateway } = entry;
  const results = [
    resultOf(entry, 4, { address: ipv4, pool: ipv4Pool, gateway: ipv4Gateway }),
    resultOf(entry, 6, { address: ipv6, pool: ipv6Pool, gateway: ipv6Gateway }),
  ].filter((result) => result !== undefined);
  return results.map((result, i) => ({ ...result, routes: routesFor(entry, results, i) }));
}

interface FamilyTexts {
  readonly address: string | undefined;
  readonly pool: string | undefined;
  readonly gateway: string | undefined;
}

function resultOf(entry: InterfaceAllocation, family: Family, texts: FamilyTexts): IpamResult | undefined {
  const prefix = tryParsePrefix(texts.address ?? "");
  if (prefix?.address.family !== family) return undefined;
  const gateway = tryParseAddress(texts.gateway ?? "");
  return {
    nic: entry.interface,
    family,
    address: prefix.address,
    prefixLength: prefix.length,
    pool: texts.pool ?? "",
    ...(gateway !== undefined && { gateway }),
    cleanGateway: entry.cleanGateway === true,
    vlan: entry.vlan ?? 0,
    ...(entry.mac !== undefined && entry.mac !== "" && { mac: entry.mac }),
    routes: [],
  };
}

/** A stored route belongs to the address of its family; one that fits none goes to the first address. */
function routesFor(entry: InterfaceAllocation, results: readonly IpamResult[], index: number): RouteText[] {
  return (entry.routes ?? []).filter(({ dst }) => {
    const family = tryParsePrefix(dst)?.address.family;
    return Math.max(results.findIndex((result) => result.family === family), 0) === index;
  }).map(canonicalRoute);
}
