import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { IpamFeatures } from "../../crd/ipam/features.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";
import type { AgentReads } from "./clients.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { EndpointStore } from "./endpoint_store.ts";
import type { FreeSignal } from "./free_signal.ts";
import type { Journal } from "./journal.ts";
import type { RunningAdds } from "./running_adds.ts";

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
}

/** What ADD, DEL and the recovery work with. */
export interface IpamDeps {
  readonly config: IpamConfig;
  readonly view: ClusterView;
  readonly claims: PoolClaims;
  readonly freed: FreeSignal;
  readonly endpoints: EndpointStore;
  readonly reads: Pick<AgentReads, "pools" | "statefulSets">;
  readonly journal: Journal;
  readonly running: RunningAdds;
  readonly clock: Clock;
  readonly log: Log;
}
