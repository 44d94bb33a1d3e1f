import type { SpiderEndpoint, SpiderIPPool } from "../../crd/generated/mod.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { type EndpointOwner, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { pendingChanges } from "../../crd/ipam/fixed_addresses.ts";
import { intentOf } from "../../crd/ipam/intent.ts";
import type { PendingChange } from "../../crd/ipam/pending_change.ts";
import { type AddFacts, customRoutesOf, planAdd, type PlanFindings } from "../../crd/ipam/plan.ts";
import type { CustomRoute } from "../../crd/ipam/routes.ts";
import type { IpamAddArgs } from "../api/types.ts";
import { addFactsOf } from "./add_facts.ts";
import type { Need } from "./allocation.ts";
import type { IpamDeps } from "./deps.ts";
import { heldBy } from "./endpoint_facts.ts";
import { type Inheritance, inheritanceOf } from "./inheritance.ts";

/** What {@linkcode needsOf} looks at. */
export interface NeedsContext {
  readonly deps: Pick<IpamDeps, "view" | "config" | "log" | "dryRun" | "master">;
  readonly args: IpamAddArgs;
  readonly owner: EndpointOwner;
  readonly podUid: string;
  /** The Pod's endpoint as the API server had it when the ADD began. */
  readonly endpoint: SpiderEndpoint | undefined;
  readonly signal: AbortSignal;
}

/** What an ADD has to claim, and the routes its Pod asks for. */
export interface AddNeeds {
  readonly needs: readonly Need[];
  readonly customRoutes: readonly CustomRoute[];
  /** What judging the pools has found out; `undefined` when no source was asked. */
  readonly findings?: PlanFindings;
  /** What the Pod takes over of an earlier incarnation, and what goes; `undefined` for most Pods. */
  readonly inheritance?: Inheritance | undefined;
}

/**
 * What this ADD has to claim: what its owner keeps, and what the candidate pools give for the rest.
 *
 * @throws {IpamError} if no pool may serve the Pod; the error lists every pool with its reason
 */
export async function needsOf(context: NeedsContext): Promise<AddNeeds> {
  const facts = await addFactsOf(context);
  const inheritance = await inheritanceOf(context, facts);
  if (inheritance !== undefined) return needsOfHeir(inheritance, context, facts);
  const { args, endpoint, podUid } = context;
  const others = [...heldBy(endpoint, podUid).keys()].filter((nic) => nic !== args.ifName);
  const settled = others.flatMap((nic) => ([4, 6] as const).map((family) => ({ nic, family })));
  const { families, ...rest } = judge({ ...facts, settled });
  return { ...rest, needs: withWanted(families, context) };
}

/**
 * What the Pod's endpoint has and the sources of pools do not name any more, or the other way round: it takes effect
 * when the Pod is made anew. Empty as well when the sources cannot be read, which an ADD says.
 */
export async function pendingChangesOf(context: NeedsContext): Promise<readonly PendingChange[]> {
  const { endpoint, podUid } = context;
  if (endpoint?.status?.current.uid !== podUid) return [];
  try {
    return pendingChanges(resultsOfEndpoint(endpoint), intentOf(await addFactsOf(context)));
  } catch (err) {
    if (err instanceof IpamError) return [];
    throw err;
  }
}

/** Needs for addresses that an endpoint lists; `undefined` if one of their pools is gone. */
export async function needsOfEndpoint(
  { deps, signal }: Pick<NeedsContext, "deps" | "signal">,
  results: readonly IpamResult[],
): Promise<readonly Need[] | undefined> {
  const needs = needsOfResults(results, await deps.view.pools(signal));
  return needs.length === results.length ? needs : undefined;
}

function needsOfResults(results: readonly IpamResult[], pools: readonly SpiderIPPool[]): Need[] {
  const byName = new Map(pools.map((pool) => [pool.metadata.name, pool]));
  return results.flatMap(({ nic, family, cleanGateway, address, pool }) => {
    const found = byName.get(pool);
    if (found === undefined) return [];
    const pools = [{ name: pool, pool: found, preferences: [], position: 0 }];
    return [{ nic, family, source: "endpoint" as const, cleanGateway, pools, unused: [], want: address }];
  });
}

/**
 * What an heir claims: what it takes over, and what the candidate pools give for the rest. They also serve where an
 * address that is taken over turns out not to be there any more; whether they fit matters then only.
 */
function needsOfHeir(inheritance: Inheritance, context: NeedsContext, facts: AddFacts): AddNeeds {
  const { kept, formerUid } = inheritance;
  const former = formerUid === undefined ? {} : { formerUid };
  const needs = needsOfResults(kept, facts.pools).map((need) => ({ ...need, ...former }));
  const isServed = isSettled(kept, context, facts);
  if (isServed) return { needs: withSpares(needs, facts), customRoutes: customRoutesOf(context.owner), inheritance };
  const { families, ...rest } = judge({ ...facts, settled: kept });
  return { ...rest, inheritance, needs: [...withSpares(needs, facts), ...withWanted(families, context)] };
}

/** Whether what is kept is all that the sources ask for. */
function isSettled(kept: readonly IpamResult[], { args }: NeedsContext, facts: AddFacts): boolean {
  if (!kept.some(({ nic }) => nic === args.ifName)) return false;
  const wanted = (intentOf(facts)?.nics ?? []).flatMap(({ nic, families }) =>
    families.map((family) => ({ nic, family }))
  );
  return wanted.every((one) => kept.some(({ nic, family }) => nic === one.nic && family === one.family));
}

/** Adds the candidate pools behind the one that an address is kept from. */
function withSpares(needs: readonly Need[], facts: AddFacts): readonly Need[] {
  const plan = planAdd(facts);
  if (plan.kind === "refused") return needs;
  return needs.map((need) => {
    const planned = plan.families.find(({ nic, family }) => nic === need.nic && family === need.family);
    const spares = (planned?.pools ?? []).filter(({ name }) => name !== need.pools[0]?.name);
    return { ...need, pools: [...need.pools, ...spares] };
  });
}

/** What the candidate pools give. @throws {IpamError} if they do not serve the Pod */
function judge(facts: AddFacts): Pick<AddNeeds, "customRoutes" | "findings"> & Pick<PlanFindings, "families"> {
  const plan = planAdd(facts);
  if (plan.kind === "refused") throw plan.error;
  const { customRoutes, sources, families, notes } = plan;
  return { customRoutes, families, findings: { sources, families, notes } };
}

/** Asks for the address a NIC had, where its endpoint still lists one. */
function withWanted(needs: readonly Need[], { endpoint, podUid }: NeedsContext): readonly Need[] {
  if (endpoint?.status?.current.uid !== podUid) return needs;
  const had = resultsOfEndpoint(endpoint);
  return needs.map((need) => {
    const want = had.find(({ nic, family }) => nic === need.nic && family === need.family)?.address;
    return want === undefined ? need : { ...need, want };
  });
}
