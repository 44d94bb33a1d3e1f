import type { Family } from "../../net/ip/mod.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import { type FilterContext, poolMismatch } from "../../crd/ipam/filters.ts";
import { poolCounts } from "../../crd/ipam/pool_counts.ts";
import { poolNamesOf } from "../../crd/ipam/pool_family.ts";
import { MalformedPoolError, poolViewOf } from "../../crd/ipam/pool_view.ts";
import type { Reason } from "../../crd/ipam/reasons.ts";
import { MalformedRecordsError } from "../../crd/ipam/record.ts";
import { expandNames } from "../../crd/ipam/wildcard.ts";
import type { FamilyCapacity, IpamCapacity, IpamCapacityQuery } from "../api/gc_types.ts";
import { withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";

/** How long an answer may take, in milliseconds. */
const DEADLINE_MS = 10_000;

/**
 * Whether pools have an address for a Pod of this node; without pools in the query, the cluster's default pools. A pool
 * that serves only some Pods or namespaces counts: it has room for somebody. Claims and writes nothing; pools are read
 * until one has a free address.
 *
 * @throws {SyntaxError} for a malformed pattern, or what the API server said
 */
export function capacity(deps: IpamDeps, query: IpamCapacityQuery, signal: AbortSignal): Promise<IpamCapacity> {
  const options = { clock: deps.clock, ms: DEADLINE_MS, signal, action: "Cannot tell whether pools have addresses" };
  return withDeadline(options, async ({ signal }) => {
    const [pools, { labels }] = await Promise.all([deps.view.pools(signal), deps.view.node(signal)]);
    const { features: { enableIPv4, enableIPv6 } } = deps.config;
    const families = ([4, 6] as const).filter((family) => family === 4 ? enableIPv4 : enableIPv6);
    const named = families.map((family) => ({ family, names: namesOf(query, { family, pools }) }));
    const asked = named.filter(({ names }) => names.length > 0);
    const found = asked.map(async ({ family, names }): Promise<FamilyCapacity> => {
      const usable = pools.filter(({ metadata }) => names.includes(metadata.name))
        .filter((pool) => servesNode(pool, contextOf(deps, { family, labels, pools })));
      return { version: family, pools: [...names], hasFree: await hasFree(deps, { family, usable }, signal) };
    });
    return { families: await Promise.all(found) };
  });
}

/** As an ADD without annotations has them: what the configuration names, else the cluster's defaults. */
function namesOf(
  { defaultIPv4IPPool, defaultIPv6IPPool }: IpamCapacityQuery,
  { family, pools }: { readonly family: Family; readonly pools: readonly SpiderIPPool[] },
): readonly string[] {
  if (defaultIPv4IPPool.length === 0 && defaultIPv6IPPool.length === 0) {
    return poolNamesOf(pools.filter(({ spec }) => spec?.default === true), family);
  }
  return expandNames(family === 4 ? defaultIPv4IPPool : defaultIPv6IPPool, poolNamesOf(pools, family)).names;
}

/** Reasons that hold for every Pod of the node. */
const forEverybody: ReadonlySet<Reason["code"]> = new Set<Reason["code"]>([
  "terminating",
  "disabled",
  "spec-unreadable",
  "family",
  "node-name",
  "node-affinity",
]);

function servesNode(pool: SpiderIPPool, context: FilterContext): boolean {
  const reason = poolMismatch(pool, context);
  return reason === undefined || !forEverybody.has(reason.code);
}

/** For a Pod of which nothing is known but its node. */
function contextOf(
  { config }: IpamDeps,
  { family, labels, pools }: {
    readonly family: Family;
    readonly labels: Readonly<Record<string, string>>;
    readonly pools: readonly SpiderIPPool[];
  },
): FilterContext {
  const { nodeName, features, agentNamespace } = config;
  const nic = "eth0";
  const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "" }, spec: { nodeName, containers: [] } };
  return {
    facts: {
      request: { nic },
      pod,
      namespace: { labels: {}, annotations: {} },
      node: { name: nodeName, labels },
      topController: { apiVersion: "v1", kind: "Pod", name: "", namespace: "", uid: "" },
      pools,
      features,
      agentNamespace,
    },
    nic,
    family,
    network: { problem: "no Pod is asked for" },
  };
}

async function hasFree(
  { reads, view }: IpamDeps,
  { family, usable }: { readonly family: Family; readonly usable: readonly SpiderIPPool[] },
  signal: AbortSignal,
): Promise<boolean> {
  for (const { metadata: { name } } of usable) {
    const pool = await reads.pools.tryGet({ name }, { signal });
    if (pool !== undefined && freeIn(pool, view.reserved(family)) > 0n) return true;
  }
  return false;
}

/** A pool that cannot be read gives no address. */
function freeIn(pool: SpiderIPPool, reserved: ReturnType<IpamDeps["view"]["reserved"]>): bigint {
  try {
    return poolCounts(poolViewOf(pool), { reserved }).free;
  } catch (err) {
    if (err instanceof MalformedPoolError || err instanceof MalformedRecordsError) return 0n;
    throw err;
  }
}
