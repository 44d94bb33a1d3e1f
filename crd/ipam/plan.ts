import type { SpiderIPPool } from "../generated/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { parseRoutes } from "./route_annotation.ts";
import { annotationText } from "./auto_pool.ts";
import { type Candidate, expandListed, requireCandidate } from "./candidates.ts";
import { IpamError, refusedError } from "./errors.ts";
import { type AddFacts, podTextOf } from "./facts.ts";
import { filterPools } from "./filters.ts";
import type { NicFamilyPlan, PlanFindings } from "./findings.ts";
import type { PlanNote } from "./notes.ts";
import { orderPools } from "./order.ts";
import type { CustomRoute } from "./routes.ts";
import { formatSource, type SearchedSource, type Source, type SourceAttempt } from "./source.ts";
import { searchSources } from "./sources.ts";

export type { AddFacts, AddRequest, Labels } from "./facts.ts";
export type { NicFamilyPlan, PlanFindings } from "./findings.ts";
export type { PlanNote } from "./notes.ts";

/** Outcome of {@linkcode planAdd}; the findings are the same either way, as far as it got. */
export type AddPlan =
  | PlanFindings & {
    readonly kind: "plan";
    readonly customRoutes: readonly CustomRoute[];
  }
  | { readonly kind: "refused"; readonly error: IpamError };

/**
 * Decides which pools an ADD may take addresses from, in which order, and says why the others are left aside.
 *
 * A plan has at least one family, each with at least one pool: all must be served, or none. A refusal's error carries
 * the findings.
 */
export function planAdd(facts: AddFacts): AddPlan {
  const { attempts, outcome } = searchSources(facts);
  const findings: Mutable<PlanFindings> = { sources: attempts, families: [], notes: ignoredSubnets(attempts, facts) };
  try {
    const customRoutes = customRoutesOf(facts);
    if (outcome.kind === "failed") throw outcome.error;
    const found = expandListed(outcome.listed, facts);
    findings.notes = [...findings.notes, ...found.notes];
    requireCandidate(found, facts);
    const open = found.candidates.filter((candidate) => !isSettled(candidate, facts));
    const pools = namedPools(open, found.source, facts.pools);
    findings.families = open.map((candidate) => judge(candidate, { source: found.source, pools, facts }));
    const unserved = findings.families.filter((family) => family.pools.length === 0);
    if (unserved.length > 0) throw refusedError(unserved.map(({ unused, ...rest }) => ({ ...rest, reasons: unused })));
    return { kind: "plan", ...findings, customRoutes };
  } catch (error) {
    if (error instanceof IpamError) return { kind: "refused", error: error.withFindings(findings) };
    throw error;
  }
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const subnetAnnotations: Partial<Record<SearchedSource, string>> = {
  "pod-subnets": annotationKeys.subnets,
  "pod-subnet": annotationKeys.subnet,
};

function ignoredSubnets(attempts: readonly SourceAttempt[], { request: { nic } }: AddFacts): PlanNote[] {
  return attempts.flatMap(({ source, verdict }) => {
    const annotation = subnetAnnotations[source];
    if (annotation === undefined || verdict !== "feature-off") return [];
    return [{ code: "subnet-annotation-ignored", nic, annotation }];
  });
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

function isSettled(candidate: Candidate, { settled = [] }: AddFacts): boolean {
  return settled.some(({ nic, family }) => nic === candidate.nic && family === candidate.family);
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
