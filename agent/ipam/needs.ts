import type { SpiderEndpoint, SpiderIPPool } from "../../crd/generated/mod.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { type EndpointOwner, fixedAddressOf, resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { type AddPlan, customRoutesOf, planAdd } from "../../crd/ipam/plan.ts";
import type { CustomRoute } from "../../crd/ipam/routes.ts";
import type { IpamAddArgs } from "../api/types.ts";
import type { Need } from "./allocate.ts";
import type { IpamDeps } from "./deps.ts";
import { heldBy } from "./endpoint_facts.ts";
import { livePodFor } from "./pod_lookup.ts";
import { podKey } from "./running_adds.ts";

/** What {@linkcode needsOf} looks at. */
export interface NeedsContext {
  readonly deps: Pick<IpamDeps, "view" | "config" | "log">;
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
}

/**
 * What this ADD has to claim: the fixed addresses of its owner, or what the candidate pools give.
 *
 * @throws {IpamError} if no pool may serve the Pod; the error lists every pool with its reason
 */
export async function needsOf(context: NeedsContext): Promise<AddNeeds> {
  const fixed = await fixedNeeds(context);
  if (fixed !== undefined) return { needs: fixed, customRoutes: customRoutesOf(context.owner) };
  const plan = await judge(context);
  if (plan.kind === "refused") throw plan.error;
  const { deps, args, endpoint, podUid } = context;
  for (const note of plan.notes) deps.log.debug("left aside while choosing pools", { pod: podKey(args), ...note });
  const recorded = heldBy(endpoint, podUid);
  const open = plan.families.filter(({ nic }) => nic === args.ifName || !recorded.has(nic));
  return { needs: withWanted(open, context), customRoutes: plan.customRoutes };
}

/** Needs for addresses that an endpoint lists; `undefined` if one of their pools is gone. */
export async function needsOfEndpoint(
  { deps, signal }: Pick<NeedsContext, "deps" | "signal">,
  results: readonly IpamResult[],
): Promise<readonly Need[] | undefined> {
  const pools = new Map<string, SpiderIPPool>();
  for (const pool of await deps.view.pools(signal)) pools.set(pool.metadata.name, pool);
  const needs = results.flatMap(({ nic, family, cleanGateway, address, pool }) => {
    const found = pools.get(pool);
    if (found === undefined) return [];
    const source = "endpoint" as const;
    return [{
      nic,
      family,
      source,
      cleanGateway,
      pools: [{ name: pool, pool: found, preferences: [], position: 0 }],
      unused: [],
      want: address,
    }];
  });
  return needs.length === results.length ? needs : undefined;
}

async function judge({ deps: { config, view }, args, owner, signal }: NeedsContext): Promise<AddPlan> {
  const [namespace, node, pools] = await Promise.all([
    view.namespace(args.podNamespace, signal),
    view.node(signal),
    view.pools(signal),
  ]);
  return planAdd({
    request: {
      nic: args.ifName,
      defaultIPv4Pools: args.defaultIPv4IPPool,
      defaultIPv6Pools: args.defaultIPv6IPPool,
      cleanGateway: args.cleanGateway,
      matchMasterSubnet: args.matchMasterSubnet,
    },
    ...owner,
    namespace,
    node: { name: config.nodeName, labels: node.labels },
    pools,
    features: config.features,
    agentNamespace: config.agentNamespace,
    clusterNetwork: config.clusterNetwork,
  });
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

/**
 * The addresses that the Pod of a StatefulSet keeps when it is created again: all that its endpoint lists, from the
 * same pools. `undefined` for every other Pod, and when the endpoint lists nothing usable.
 */
async function fixedNeeds(context: NeedsContext): Promise<readonly Need[] | undefined> {
  const { deps, args, endpoint, owner, podUid, signal } = context;
  const former = endpoint?.status?.current;
  if (endpoint === undefined || former === undefined || former.uid === podUid) return undefined;
  if (fixedAddressOf(owner) === undefined || endpoint.metadata.deletionTimestamp !== undefined) return undefined;
  await livePodFor(deps.view, args, signal); // re-owned only by the Pod that has the name now (rule 5)
  const results = resultsOfEndpoint(endpoint);
  if (!results.some(({ nic }) => nic === args.ifName)) return undefined;
  const needs = await needsOfEndpoint(context, results);
  return needs?.map((need) => ({ ...need, formerUid: former.uid }));
}
