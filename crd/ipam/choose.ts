import type { AddressRange } from "../../net/ip/range.ts";
import type { AddressSet } from "../../net/ip/set.ts";

/**
 * The address to hand out next: the lowest free one of the first range that has any (spec/ipam.md §7, rule 4).
 * Costs O(ranges · log intervals), whatever the size of the pool.
 *
 * @param ranges `spec.ips` in stored order
 * @param free addresses that may be handed out
 * @returns its value, or `undefined` when none is free
 */
export function chooseAddress(ranges: readonly AddressRange[], free: AddressSet): bigint | undefined {
  for (const range of ranges) {
    const value = free.nextAtOrAfter(range.first);
    if (value !== undefined && value <= range.last) return value;
  }
  return undefined;
}
