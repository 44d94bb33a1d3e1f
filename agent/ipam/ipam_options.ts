import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { PoolObserver } from "../../crd/ipam/pool_observer.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { QuarantineNote } from "./conflict.ts";
import type { IpamConfig } from "./deps.ts";
import type { Journal } from "./journal.ts";
import type { ReadMaster } from "./master.ts";
import type { OwedDels } from "./owed_dels.ts";
import type { PeerOptions } from "./peers.ts";

/** What `createIpam()` is built from. */
export interface IpamOptions {
  readonly transport: KubeTransport;
  readonly journal: Journal;
  /** DELs that plugins could not have carried out. @default nobody leaves any */
  readonly owed?: OwedDels;
  /** Told of every owed DEL that was carried out; must not throw. @default nobody */
  readonly onCarriedOut?: (() => void) | undefined;
  readonly config: IpamConfig;
  /** As it is now; each request is worked on with what it says when that begins. @default `config`, always */
  readonly configNow?: () => IpamConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Bounds each request to the API server, in milliseconds. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS`. */
  readonly maxAllocatedIPs: number;
  /** Told of every address that was set aside because of a conflict. Must not throw. */
  readonly onQuarantined?: (note: QuarantineNote) => void;
  /** Told what is queued for pools and written. @default nobody */
  readonly poolObserver?: PoolObserver | undefined;
  /** Told each time that an ADD waits for an auto-created pool; must not throw. @default nobody */
  readonly onAutoPoolWait?: (() => void) | undefined;
  /** Looks for the addresses of a NIC's master on this host; absent where nobody can. */
  readonly master?: ReadMaster;
  /** Whether Events are recorded on Pods. @default true */
  readonly withEvents?: boolean;
  /** The other agents, with which this one shares writes; absent: each writes for itself. */
  readonly peers?: PeerOptions;
}
