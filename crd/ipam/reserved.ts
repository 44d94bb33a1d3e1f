import type { Family } from "../../net/ip/address.ts";
import { tryParseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { SpiderReservedIP } from "../generated/mod.ts";

/**
 * Addresses of `family` that are never handed out: all ranges of SpiderReservedIPs that are not being deleted
 * (spec/ipam.md §7). The family is told by each range, so that an object which no webhook completed counts, too.
 */
export function reservedAddresses(reservedIPs: readonly SpiderReservedIP[], family: Family): AddressSet {
  const ranges = reservedIPs
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ spec }) => spec?.ips ?? [])
    .flatMap((text) => tryParseRange(text) ?? []);
  return AddressSet.of(family, ranges.filter((range) => range.family === family));
}
