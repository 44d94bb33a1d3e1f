import type { Family } from "../../net/ip/mod.ts";
import type { PlanNote } from "./notes.ts";
import type { OrderedPool } from "./order.ts";
import type { PoolReason } from "./reasons.ts";
import type { Source, SourceAttempt } from "./source.ts";

/** What one NIC needs in one family. */
export interface NicFamilyPlan {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  readonly cleanGateway: boolean;
  /** Pools that may serve it, in the order to try. */
  readonly pools: readonly OrderedPool[];
  /** Pools the source named that may not serve it. */
  readonly unused: readonly PoolReason[];
}

/** What judging the pools for an ADD has found out, whether it can be served or not. */
export interface PlanFindings {
  /** In the order in which they are asked. */
  readonly sources: readonly SourceAttempt[];
  /** NICs in source order, IPv4 before IPv6; empty when it did not come to that. */
  readonly families: readonly NicFamilyPlan[];
  /** What was asked for and left aside. */
  readonly notes: readonly PlanNote[];
}
