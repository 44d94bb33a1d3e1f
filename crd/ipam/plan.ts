import type { Family } from "../../net/ip/mod.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { annotationKeys, parseRoutes } from "./annotations.ts";
import { annotationText } from "./auto_pool.ts";
import { type Candidate, candidatesOf, type PlanNote } from "./candidates.ts";
import { IpamError, refusedError } from "./errors.ts";
import { type AddFacts, podTextOf } from "./facts.ts";
import { filterPools } from "./filters.ts";
import { type OrderedPool, orderPools } from "./order.ts";
import type { PoolReason } from "./reasons.ts";
import type { CustomRoute } from "./routes.ts";
import { formatSource, type Source } from "./source.ts";

export type { AddFacts, AddRequest, Labels } from "./facts.ts";
export type { PlanNote } from "./candidates.ts";

/** What one NIC needs in one family. */
export interface NicFamilyPlan {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  readonly cleanGateway: boolean;
  /** Pools that may serve it, in the order to try; never empty. */
  readonly pools: readonly OrderedPool[];
  /** Pools the source named that may not serve it. */
  readonly unused: readonly PoolReason[];
}

/** Outcome of {@linkcode planAdd}. */
export type AddPlan =
  | {
    readonly kind: "plan";
    /** NICs in source order (`ippools` may name several), IPv4 before IPv6. All must be served, or none. */
    readonly families: readonly NicFamilyPlan[];
    readonly customRoutes: readonly CustomRoute[];
    /** What was asked for and left aside. */
    readonly notes: readonly PlanNote[];
  }
  | { readonly kind: "refused"; readonly error: IpamError };

/** Decides which pools an ADD may take addresses from, in which order, and says why the others are left aside. */
export function planAdd(facts: AddFacts): AddPlan {
  try {
    const customRoutes = customRoutesOf(facts);
    const { source, candidates, notes } = candidatesOf(facts);
    const pools = namedPools(candidates, source, facts.pools);
    const families = candidates.map((candidate) => judge(candidate, { source, pools, facts }));
    const unserved = families.filter((family) => family.pools.length === 0);
    if (unserved.length > 0) throw refusedError(unserved.map(({ unused, ...rest }) => ({ ...rest, reasons: unused })));
    return { kind: "plan", families, customRoutes, notes };
  } catch (error) {
    if (error instanceof IpamError) return { kind: "refused", error };
    throw error;
  }
}

/**
 * Routes that the Pod asks for.
 *
 * @throws {IpamError} `wrong-input` if the annotation cannot be read
 */
export function customRoutesOf({ pod }: Pick<AddFacts, "pod">): readonly CustomRoute[] {
  const annotation = annotationText(pod.metadata.annotations ?? {}, annotationKeys.routes, podTextOf(pod));
  return annotation === undefined ? [] : parseRoutes(annotation);
}

/** One pool that does not exist fails the whole ADD: somebody counts on it (row 11). */
function namedPools(
  candidates: readonly Candidate[],
  source: Source,
  existing: readonly SpiderIPPool[],
): ReadonlyMap<string, SpiderIPPool> {
  const pools = new Map(existing.map((pool) => [pool.metadata.name, pool]));
  const missing = new Set(candidates.flatMap(({ names }) => names).filter((name) => !pools.has(name)));
  if (missing.size === 0) return pools;
  const names = [...missing].map((name) => JSON.stringify(name)).join(", ");
  throw new IpamError("pool-not-found", `IPPool ${names} of ${formatSource(source)} does not exist`);
}

function judge(
  { nic, family, cleanGateway, names }: Candidate,
  { source, pools, facts }: {
    readonly source: Source;
    readonly pools: ReadonlyMap<string, SpiderIPPool>;
    readonly facts: AddFacts;
  },
): NicFamilyPlan {
  const named = names.flatMap((name) => pools.get(name) ?? []);
  const { usable, unused } = filterPools(named, { nic, family }, facts);
  return { nic, family, source, cleanGateway, pools: orderPools(usable, names), unused };
}
