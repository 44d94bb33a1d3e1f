import type { BackoffOptions } from "../../net/base/backoff.ts";
import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { Family } from "../../net/ip/address.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import type { PoolObserver } from "./pool_observer.ts";
import type { PoolStore } from "./pool_store.ts";

/** What a writer of pools works with. */
export interface PoolWriterDeps {
  readonly store: PoolStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Addresses of all SpiderReservedIPs of a family, as known now. */
  readonly reserved: (family: Family) => AddressSet;
  /** Told after each write that freed addresses. */
  readonly onFreed?: (pool: string) => void;
  /** Told what is queued and written. @default nobody */
  readonly observer?: PoolObserver | undefined;
  readonly maxRecords: number;
  /** @default 1300000 */
  readonly maxBytes?: number;
  /** Most requests one write carries. @default 512 */
  readonly maxBatch?: number;
  /** Pauses after conflicts and failures. @default 10 ms to 500 ms */
  readonly backoff?: BackoffOptions;
}
