import { AddressSet } from "../../net/ip/set.ts";
import type { PoolView } from "./pool_view.ts";

/** How many addresses of a pool are in which state; they add up: `offered = reserved + recorded + free`. */
export interface PoolCounts {
  /** In `spec.ips` and not in `spec.excludeIPs`. */
  readonly offered: bigint;
  /** Of those, set aside by SpiderReservedIPs. */
  readonly reserved: bigint;
  /** Of the rest, recorded for somebody. */
  readonly recorded: bigint;
  /** Of the recorded, in quarantine. */
  readonly quarantined: bigint;
  readonly free: bigint;
  /** Of the free, released lately as far as this process knows: handed out last. */
  readonly lately: bigint;
}

/** Counts the addresses of a pool. */
export function poolCounts(
  { shape: { family, offered }, records }: PoolView,
  { reserved, lately = AddressSet.empty(family) }: { readonly reserved: AddressSet; readonly lately?: AddressSet },
): PoolCounts {
  const usable = offered.difference(reserved);
  const recorded = records.used(family).intersection(usable);
  const quarantined = records.quarantined().flatMap(({ address }) => address?.family === family ? [address.value] : []);
  const free = usable.difference(recorded);
  return {
    offered: offered.size,
    reserved: offered.size - usable.size,
    recorded: recorded.size,
    quarantined: AddressSet.ofValues(family, quarantined).intersection(usable).size,
    free: free.size,
    lately: free.intersection(lately).size,
  };
}

/** Says {@linkcode PoolCounts}: `3 of 11 addresses are free; 6 recorded (1 in quarantine), 2 reserved`. */
export function formatCounts({ offered, reserved, recorded, quarantined, free, lately }: PoolCounts): string {
  const released = lately === 0n ? "" : ` (${lately} released lately, handed out last)`;
  const inQuarantine = quarantined === 0n ? "" : ` (${quarantined} in quarantine)`;
  const setAside = reserved === 0n ? "" : `, ${reserved} reserved`;
  return `${free} of ${offered} addresses free${released}, ${recorded} recorded${inQuarantine}${setAside}`;
}
