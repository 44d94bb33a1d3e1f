import type { Address, Family } from "../../net/ip/mod.ts";
import { formatAddress } from "../../net/ip/mod.ts";
import { isDefault, type Link } from "../../net/route/mod.ts";
import type { Place } from "../../net/steps/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";
import { CniCode, CniError } from "../cni/mod.ts";
import { familiesOf, includesAddress, routableAddresses } from "./addresses.ts";
import { hostAddressesOf } from "./host_addresses.ts";
import { MAIN_TABLE } from "./names.ts";
import type { Observed } from "./observed.ts";
import { type Pair, pairOf } from "./pair.ts";
import { type Role, roleOf } from "./role.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** What all parts of a plan start from. */
export interface Scene {
  readonly settings: CoordinatorSettings;
  readonly observed: Observed;
  readonly role: Role;
  /** The current link. */
  readonly link: Link;
  /** Families of the current link's addresses, IPv4 first. */
  readonly families: readonly Family[];
  /** Routable addresses of the current link. */
  readonly addresses: readonly Address[];
  /** The veth pair between Pod and node. */
  readonly pair: Pair;
  /** The node's addresses, as {@linkcode hostAddressesOf} orders them. */
  readonly hostAddresses: readonly Address[];
  /** The node's address that prefixes are reached through. */
  readonly gateways: Readonly<Partial<Record<Family, Address>>>;
  /** Address that IPv4 packets to the node come from. */
  readonly source: Address | undefined;
  readonly warnings: readonly string[];
}

/** Puts together what the parts of a plan share. @throws {CniError} code 7 */
export function sceneOf(settings: CoordinatorSettings, observed: Observed): Scene {
  const { pod, ifname } = observed;
  const link = requireLink(observed, ifname);
  const addresses = routableAddresses(pod.addresses, link.index);
  const families = familiesOf(addresses);
  if (families.length === 0) {
    throw new CniError(CniCode.InvalidConfig, `Cannot coordinate ${ifname}: it has no address but link-local ones`);
  }
  const role = roleOf(settings, observed);
  const pair = pairOf(settings, { observed, role });
  const hostAddresses = hostAddressesOf(settings, { observed, families });
  if (hostAddresses.length === 0) {
    const wanted = families.map((family) => `IPv${family}`).join(" or ");
    throw new CniError(CniCode.InvalidConfig, `Cannot connect ${ifname} with its node: that has no ${wanted} address`);
  }
  const gateways = gatewaysOf(hostAddresses, { observed, pair, settings });
  const first = pod.links.find(({ name }) => name === settings.firstLink);
  const firstAddresses = first === undefined ? [] : routableAddresses(pod.addresses, first.index);
  const source = firstAddresses.find(({ family }) => family === 4);
  const warnings = families.filter((family) => gateways[family] === undefined).map((family) =>
    `the node has no IPv${family} address: no IPv${family} prefix is reached through it`
  );
  return { settings, observed, role, link, families, addresses, pair, hostAddresses, gateways, source, warnings };
}

/** The link of that name in the Pod. @throws {CniError} code 7 */
export function requireLink({ pod }: Pick<Observed, "pod">, name: string): Link {
  const link = pod.links.find((candidate) => candidate.name === name);
  if (link === undefined) throw noSuchLink(name);
  return link;
}

/** The Pod has no link of that name: code 7. */
export function noSuchLink(name: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot find link ${name} in the Pod`);
}

/** Name of a link by its index; an index that is not listed has none. */
export function linkNameOf(observed: Observed, { place, index }: { place: Place; index: number }): string | undefined {
  return observed[place].links.find((link) => link.index === index)?.name;
}

/** Whether two link-layer addresses are the same. */
export function isSameMac(a: Bytes | undefined, b: Bytes): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

interface GatewayFacts {
  readonly observed: Observed;
  readonly pair: Pair;
  readonly settings: CoordinatorSettings;
}

/** One per family: that of routes which are there already, so that nothing moves without need, else the first address. */
function gatewaysOf(
  addresses: readonly Address[],
  { observed: { pod }, pair, settings }: GatewayFacts,
): Partial<Record<Family, Address>> {
  const veth = pod.links.find(({ name }) => name === pair.pod.name)?.index;
  const ways = pod.routes.filter((route) =>
    route.index === veth && route.gateway !== undefined &&
    (isDefault(route)
      ? route.table !== MAIN_TABLE
      : settings.hijacked.some((p) => p.length === route.destination.length))
  );
  const used = ways.flatMap(({ gateway }) => gateway ?? []).filter((gateway) => includesAddress(addresses, gateway));
  const gateways: Partial<Record<Family, Address>> = {};
  for (const address of [...addresses].reverse().concat([...used].reverse())) gateways[address.family] = address;
  return gateways;
}

/** For messages. */
export function addressesText(addresses: readonly Address[]): string {
  return addresses.map(formatAddress).join(", ");
}
