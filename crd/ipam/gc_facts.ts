import type { Node, Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import type { IpamFeatures } from "./features.ts";
import type { PoolRecord } from "./record.ts";

/** The environment switches of garbage collection; spec/controller.md §2.1. */
export interface GcSwitches {
  /** `SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_READY_NODE_ENABLED`. */
  readonly onReadyNode: boolean;
  /** `SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_NOT_READY_NODE_ENABLED`. */
  readonly onNotReadyNode: boolean;
  /** `SPIDERPOOL_GC_ENABLE_STATELESS_RUNNING_POD_ON_EMPTY_POD_STATUS_IPS`. */
  readonly onEmptyPodIPs: boolean;
  /** `SPIDERPOOL_GC_ADDITIONAL_GRACE_DELAY`, in milliseconds. */
  readonly additionalDelayMs: number;
}

/**
 * What is known of one record of a pool. Whoever acts on the verdict has read Pod, node and endpoint live, **after** the
 * record: a cached "not found" would free the address of a new Pod. A look-up that failed otherwise ends the matter. The
 * Pod comes last: an endpoint that is read after a Pod was missed may be that of the next one.
 */
export interface GcFacts {
  /** Canonical text. */
  readonly address: string;
  readonly record: PoolRecord;
  /** Pod of the record's namespace and name. */
  readonly pod: Pod | undefined;
  /** Endpoint of the record's namespace and name. */
  readonly endpoint: SpiderEndpoint | undefined;
  /** Whether the StatefulSet or VM behind the name still wants it; `undefined` when that could not be told. */
  readonly wanted: boolean | undefined;
  /** Another Pod that may use the address where none has the record's name: {@linkcode podKeeping} finds it. */
  readonly podOfUid?: Pod | undefined;
  /** Node of either Pod; one that does not exist counts as not ready. */
  readonly node: Node | undefined;
  readonly features: Pick<IpamFeatures, "enableStatefulSet" | "enableKubevirt">;
  readonly switches: GcSwitches;
  readonly nowMs: number;
  /** For how long the endpoint of the living Pod has been seen without the address. @default 0 */
  readonly unlistedForMs?: number | undefined;
  /** From when on such a record is freed; two scan intervals. @default never */
  readonly unlistedGraceMs?: number | undefined;
}
