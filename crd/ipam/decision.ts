import type { SpiderEndpoint } from "../generated/mod.ts";
import type { Family } from "../../net/ip/mod.ts";
import type { NicFamilyPlan, PlanFindings } from "./findings.ts";
import type { OrderedPool, Preference } from "./order.ts";
import type { PoolCounts } from "./pool_counts.ts";
import type { PoolReason, Reason } from "./reasons.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";
import type { Source } from "./source.ts";
import type { TopController } from "./top_controller.ts";

/**
 * What an ADD decided for one NIC, and why: the one value behind the log's line, `explain` and its text. An ADD that
 * was refused has it as far as it got.
 */
export interface Decision extends Pick<PlanFindings, "sources" | "notes"> {
  /** `namespace/name`. */
  readonly pod: string;
  readonly podUid: string;
  /** `ifName` of the request. */
  readonly nic: string;
  readonly topController: TopController;
  /** Whose name the addresses belong to; `undefined` when they go with the Pod. */
  readonly keptBy: "statefulset" | "kubevirt" | undefined;
  readonly endpoint: EndpointUse;
  readonly families: readonly FamilyDecision[];
  /** Text of the error; `undefined` when the ADD was served. */
  readonly refusal: string | undefined;
}

/** What the Pod's SpiderEndpoint meant to the ADD. */
export type EndpointUse =
  | { readonly code: "none" }
  /** It lists the NIC and the pools confirm it: that is the answer. */
  | { readonly code: "reused" }
  /** Its owner keeps the addresses of the Pod with `uid`, an earlier incarnation. */
  | { readonly code: "kept"; readonly uid: string }
  /** It is of the Pod with `uid`, an earlier one of the same name, and counts for nothing. */
  | { readonly code: "other-incarnation"; readonly uid: string }
  /** It lists `nics` and not the one of the request. */
  | { readonly code: "other-nics"; readonly nics: readonly string[] }
  /** It lists the NIC, but what it lists was to be allocated again. */
  | { readonly code: "unconfirmed" }
  | { readonly code: "terminating"; readonly since: string };

/** What one NIC got in one family, and what became of each pool. */
export interface FamilyDecision {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  /** In the order to try, then those that may not serve it. */
  readonly pools: readonly PoolDecision[];
  readonly address: AddressDecision | undefined;
}

/** What became of one pool. */
export interface PoolDecision {
  readonly name: string;
  /** Place in the order to try, from 1; `undefined` for a pool that may not serve. */
  readonly place: number | undefined;
  /** What put it before others. */
  readonly preferences: readonly Preference[];
  readonly verdict: PoolVerdict;
  /** What the pool had before; known in a dry run only, and of pools that were looked into. */
  readonly counts: PoolCounts | undefined;
}

/** Whether a pool was used, and why not. */
export type PoolVerdict =
  | { readonly code: "used" }
  | { readonly code: "refused"; readonly reason: Reason }
  /** It was not its turn: an earlier pool served, or the ADD ended before. */
  | { readonly code: "not-tried" };

/** An address and why it is that one. */
export interface AddressDecision {
  /** Canonical text without a prefix length. */
  readonly address: string;
  readonly pool: string;
  readonly why: AddressWhy;
}

/** Why an address was given. */
export type AddressWhy =
  /** The pool has a record of it for this attachment. */
  | "own-record"
  /** The owner keeps it; the record of an earlier incarnation becomes this one's. */
  | "kept"
  /** The NIC had it before, and it is free. */
  | "had-before"
  /** The lowest free one that was not released lately. */
  | "lowest-free"
  /** All free ones were released lately: the one that is free for longest. */
  | "longest-free";

/** What claiming came to for one NIC and family. */
export interface FamilyOutcome {
  /** Pools that refused, and why. */
  readonly refused: readonly PoolReason[];
  readonly address?: AddressDecision | undefined;
  /** By pool name. */
  readonly counts?: ReadonlyMap<string, PoolCounts>;
}

/** Joins what was planned for one NIC and family with what came of it. */
export function familyDecision(plan: NicFamilyPlan, outcome: FamilyOutcome): FamilyDecision {
  const { nic, family, source } = plan;
  const refusals = new Map(outcome.refused.map(({ pool, reason }) => [pool, reason]));
  const tried = plan.pools.map((pool, i) => poolDecision(pool, { place: i + 1, refusals, outcome }));
  const unused = plan.unused.map(({ pool, reason }): PoolDecision => ({
    name: pool,
    place: undefined,
    preferences: [],
    verdict: { code: "refused", reason },
    counts: undefined,
  }));
  return { nic, family, source, pools: [...tried, ...unused], address: outcome.address };
}

function poolDecision(
  { name, preferences }: OrderedPool,
  { place, refusals, outcome }: {
    readonly place: number;
    readonly refusals: ReadonlyMap<string, Reason>;
    readonly outcome: FamilyOutcome;
  },
): PoolDecision {
  const reason = refusals.get(name);
  const verdict: PoolVerdict = outcome.address?.pool === name
    ? { code: "used" }
    : reason !== undefined
    ? { code: "refused", reason }
    : { code: "not-tried" };
  return { name, place, preferences, verdict, counts: outcome.counts?.get(name) };
}

/** How a claim came to its address; see {@linkcode AddressWhy}. */
export function addressWhy(
  claim: {
    /** Whether the record was there before. */
    readonly existing: boolean;
    /** Whether it was asked for: the NIC had it before. */
    readonly wanted: boolean;
    /** Whether it is kept for the owner of an earlier incarnation. */
    readonly kept: boolean;
    /** Whether it was released lately, as far as this process knows. */
    readonly lately: boolean;
  },
): AddressWhy {
  if (claim.wanted && claim.kept) return "kept";
  if (claim.existing) return "own-record";
  if (claim.wanted) return "had-before";
  return claim.lately ? "longest-free" : "lowest-free";
}

/** What `endpoint` meant to an ADD of `nic` of the Pod with `podUid`. */
export function endpointUse(
  endpoint: SpiderEndpoint | undefined,
  { podUid, nic, isReused, isKept }: {
    readonly podUid: string;
    readonly nic: string;
    /** Whether it was the answer. */
    readonly isReused: boolean;
    /** Whether its owner keeps what it lists. */
    readonly isKept: boolean;
  },
): EndpointUse {
  const current = endpoint?.status?.current;
  if (endpoint === undefined || current === undefined) return { code: "none" };
  if (isReused) return { code: "reused" };
  const { deletionTimestamp } = endpoint.metadata;
  if (deletionTimestamp !== undefined) return { code: "terminating", since: deletionTimestamp };
  if (isKept) return { code: "kept", uid: current.uid };
  if (current.uid !== podUid) return { code: "other-incarnation", uid: current.uid };
  const nics = [...new Set(resultsOfEndpoint(endpoint).map((result) => result.nic))];
  return nics.includes(nic) ? { code: "unconfirmed" } : { code: "other-nics", nics };
}
