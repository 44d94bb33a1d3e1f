import {
  type Address,
  type Family,
  formatAddress,
  formatPrefix,
  networkOf,
  parsePrefix,
  prefixContains,
  tryParseAddress,
  tryParsePrefix,
} from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import type { CustomRoute } from "./routes.ts";

/** An address that was claimed for a NIC. */
export interface Allocation {
  readonly nic: string;
  readonly family: Family;
  readonly address: Address;
  readonly pool: SpiderIPPool;
  readonly cleanGateway: boolean;
  /** @default 0 */
  readonly vlan?: number;
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly mac?: string;
}

/** `dst` in network form, `gw` an address of the same family. */
export interface RouteText {
  readonly dst: string;
  readonly gw: string;
}

/** What is known of one address of one NIC, whether just claimed or read from a SpiderEndpoint. */
export interface IpamResult {
  readonly nic: string;
  readonly family: Family;
  readonly address: Address;
  /** Bits, of the pool's subnet. */
  readonly prefixLength: number;
  readonly pool: string;
  readonly gateway?: Address;
  readonly cleanGateway: boolean;
  readonly vlan: number;
  readonly mac?: string;
  /** Of the pool and of the Pod's annotation; not the default route through `gateway`. */
  readonly routes: readonly RouteText[];
}

/**
 * Joins allocations with their pools' routes and gives each custom route to the first result whose subnet holds its
 * gateway (spec/ipam.md §10.1).
 *
 * @returns `results` in the order of `allocations`; `dropped`: custom routes that no result can carry, to be warned of
 * @throws {SyntaxError} if `spec.subnet` of a pool is not a CIDR
 */
export function resultsOf(
  allocations: readonly Allocation[],
  customRoutes: readonly CustomRoute[],
): { readonly results: readonly IpamResult[]; readonly dropped: readonly CustomRoute[] } {
  const subnets = allocations.map(({ pool }) => parsePrefix(pool.spec?.subnet ?? ""));
  const carriers = customRoutes.map(({ gateway }) => subnets.findIndex((subnet) => prefixContains(subnet, gateway)));
  const results = allocations.map((allocation, i) => ({
    ...resultOf(allocation, subnets[i]!.length),
    routes: [
      ...(allocation.pool.spec?.routes ?? []).map(canonicalRoute),
      ...customRoutes.filter((_, route) => carriers[route] === i).map(routeText),
    ],
  }));
  return { results, dropped: customRoutes.filter((_, route) => carriers[route] === -1) };
}

/** The route with the host bits of `dst` cleared; text that is no route is kept as it is. */
export function canonicalRoute({ dst, gw }: RouteText): RouteText {
  const prefix = tryParsePrefix(dst);
  return { dst: prefix === undefined ? dst : formatPrefix(networkOf(prefix)), gw };
}

function resultOf(
  { nic, family, address, pool, cleanGateway, vlan = 0, mac }: Allocation,
  prefixLength: number,
): Omit<IpamResult, "routes"> {
  const gateway = tryParseAddress(pool.spec?.gateway ?? "");
  return {
    nic,
    family,
    address,
    prefixLength,
    pool: pool.metadata.name,
    ...(gateway !== undefined && { gateway }),
    cleanGateway,
    vlan,
    ...(mac !== undefined && { mac }),
  };
}

function routeText({ dst, gateway }: CustomRoute): RouteText {
  return { dst: formatPrefix(dst), gw: formatAddress(gateway) };
}
