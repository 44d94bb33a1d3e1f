import { type Address, type Family, formatAddress } from "../../net/ip/address.ts";
import { type Prefix, rangeOfPrefix, tryParsePrefix } from "../../net/ip/prefix.ts";
import { type AddressRange, tryParseRange } from "../../net/ip/range.ts";
import { AddressSet } from "../../net/ip/set.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { PoolRecords } from "./records.ts";

/** What a pool's spec offers, parsed once per generation. */
export interface PoolShape {
  readonly family: Family;
  readonly subnet: Prefix;
  /** `spec.ips` in stored order: the order of allocation (spec/ipam.md §7, row 45). */
  readonly ranges: readonly AddressRange[];
  /** `ips` without `excludeIPs`. */
  readonly offered: AddressSet;
  /** Texts in `ips` and `excludeIPs` that are no range of the family. */
  readonly malformed: readonly string[];
  /** Those of them in `excludeIPs`: nothing may be handed out while nobody knows what they exclude. */
  readonly malformedExclusions: readonly string[];
}

/** A pool as the writer sees it: one revision of the object, parsed. */
export interface PoolView {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** `metadata.deletionTimestamp`. */
  readonly terminating: string | undefined;
  readonly disabled: boolean;
  readonly shape: PoolShape;
  readonly records: PoolRecords;
  /** `status.totalIPCount`: the controller's; carried along unchanged. */
  readonly totalIPCount: number | undefined;
}

/** Cannot use a pool at all: its spec has no readable subnet. */
export class MalformedPoolError extends Error {
  override readonly name = "MalformedPoolError";
  constructor(readonly pool: string, readonly subnet: string) {
    super(`Cannot use IPPool "${pool}": spec.subnet "${subnet}" is not a CIDR; correct it`);
  }
}

/**
 * Parses a pool object.
 *
 * @param before an earlier view of the pool, of which what has not changed is taken over
 * @throws {MalformedPoolError} if `spec.subnet` is not a CIDR
 * @throws {MalformedRecordsError} if `status.allocatedIPs` cannot be read
 */
export function poolViewOf(pool: SpiderIPPool, before?: PoolView): PoolView {
  const isSameSpec = before !== undefined && before.uid === pool.metadata.uid && before.uid !== "" &&
    before.generation === pool.metadata.generation;
  return {
    name: pool.metadata.name,
    uid: pool.metadata.uid ?? "",
    resourceVersion: pool.metadata.resourceVersion ?? "",
    generation: pool.metadata.generation ?? 0,
    terminating: pool.metadata.deletionTimestamp,
    disabled: pool.spec?.disable === true,
    shape: isSameSpec ? before.shape : poolShapeOf(pool),
    records: PoolRecords.parse(pool.status?.allocatedIPs, before?.records),
    totalIPCount: pool.status?.totalIPCount,
  };
}

/**
 * Parses what a pool offers. The family comes from `spec.subnet`, so a pool that no webhook completed works.
 *
 * @throws {MalformedPoolError} if `spec.subnet` is not a CIDR
 */
export function poolShapeOf(pool: SpiderIPPool): PoolShape {
  const subnet = tryParsePrefix(pool.spec?.subnet ?? "");
  if (subnet === undefined) throw new MalformedPoolError(pool.metadata.name, pool.spec?.subnet ?? "");
  const family = subnet.address.family;
  const included = readRanges(pool.spec?.ips ?? [], family);
  const excluded = readRanges(pool.spec?.excludeIPs ?? [], family);
  const offered = AddressSet.of(family, included.ranges).difference(AddressSet.of(family, excluded.ranges))
    .intersection(AddressSet.of(family, [rangeOfPrefix(subnet)]));
  return {
    family,
    subnet,
    ranges: included.ranges,
    offered,
    malformed: [...included.malformed, ...excluded.malformed],
    malformedExclusions: excluded.malformed,
  };
}

/** `address/length` of the pool's subnet, as it stands in answers and endpoints. */
export function addressInSubnet(address: Address, subnet: Prefix): string {
  return `${formatAddress(address)}/${subnet.length}`;
}

function readRanges(texts: readonly string[], family: Family): { ranges: AddressRange[]; malformed: string[] } {
  const ranges: AddressRange[] = [];
  const malformed: string[] = [];
  for (const text of texts) {
    const range = tryParseRange(text);
    if (range?.family === family) ranges.push(range);
    else malformed.push(text);
  }
  return { ranges, malformed };
}
