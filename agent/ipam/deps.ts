import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { IpamFeatures } from "../../crd/ipam/features.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";
import type { AddObserver, DryRunFacts } from "./add_trace.ts";
import type { AgentReads } from "./clients.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { QuarantineNote } from "./conflict.ts";
import type { EndpointStore } from "./endpoint_store.ts";
import type { FreeSignal } from "./free_signal.ts";
import type { ReadMaster } from "./master.ts";
import type { Journal } from "./journal.ts";
import type { OwedDels } from "./owed_dels.ts";
import type { OwedFailures } from "./owed_failures.ts";
import type { RunningAdds } from "./running_adds.ts";
import type { SandboxOrder } from "./sandbox_order.ts";

/** What conf.yml and the environment say about IPAM. */
export interface IpamConfig {
  readonly nodeName: string;
  readonly features: IpamFeatures;
  /** `SPIDERPOOL_POD_NAMESPACE`. */
  readonly agentNamespace: string;
  /** `MULTUS_CLUSTER_NETWORK`. */
  readonly clusterNetwork?: string;
  readonly enableIPConflictDetection: boolean;
  readonly enableGatewayDetection: boolean;
  /** How long an ADD or DEL is tried, in milliseconds. */
  readonly deadlineMs: number;
  /** How long an ADD waits for a full pool, in milliseconds. */
  readonly waitForFreeMs: number;
  /** `SPIDERPOOL_WORKLOADENDPOINT_MAX_HISTORY_RECORDS`. */
  readonly maxHistory: number;
  /** How long an address stays aside that somebody else in the network has, in milliseconds. @default 600000 */
  readonly conflictQuarantineMs?: number;
  /** `SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS`. @default true */
  readonly releaseConflictIPs?: boolean;
  /**
   * How long an ADD waits for an auto-created pool that is not there yet, in milliseconds; the deadline counts too.
   *
   * @default 0
   */
  readonly waitForAutoPoolMs?: number;
}

/** What ADD, DEL and the recovery work with. */
export interface IpamDeps {
  readonly config: IpamConfig;
  readonly view: ClusterView;
  readonly claims: PoolClaims;
  readonly freed: FreeSignal;
  readonly endpoints: EndpointStore;
  readonly reads: Pick<
    AgentReads,
    | "pods"
    | "pools"
    | "statefulSets"
    | "virtualMachineInstances"
    | "virtualMachines"
    | "virtualMachineInstanceMigrations"
  >;
  readonly journal: Journal;
  /** DELs that plugins could not have carried out; absent where nobody leaves any. */
  readonly owed?: OwedDels | undefined;
  readonly owedFailures: OwedFailures;
  readonly running: RunningAdds;
  readonly sandboxes: SandboxOrder;
  readonly clock: Clock;
  readonly log: Log;
  /** Looks for the addresses of a NIC's master on this host; absent where nobody can. */
  readonly master?: ReadMaster;
  /** Told of every ADD's end. */
  readonly observer?: AddObserver;
  /** Told each time that an ADD waits for an auto-created pool; must not throw. */
  readonly onAutoPoolWait?: (() => void) | undefined;
  /** Told of every address that was set aside because of a conflict. Must not throw. */
  readonly onQuarantined?: (note: QuarantineNote) => void;
  /** Set in a dry run only. */
  readonly dryRun?: DryRunFacts;
}
