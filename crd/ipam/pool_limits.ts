import type { AddressSet } from "../../net/ip/set.ts";
import type { RecentlyReleased } from "./recent_releases.ts";

/** What bounds a pool besides its ranges. */
export interface PoolLimits {
  /** Addresses of SpiderReservedIPs of the pool's family. */
  readonly reserved: AddressSet;
  /** `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS`. */
  readonly maxRecords: number;
  /** Most bytes of encoded records; etcd refuses objects above 1.5 MiB. */
  readonly maxBytes: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Addresses to hand out last. @default none */
  readonly recentlyReleased?: RecentlyReleased;
}
