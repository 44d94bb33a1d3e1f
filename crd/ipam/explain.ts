import type { NicFamilyPlan } from "./plan.ts";
import type { OrderedPool } from "./order.ts";
import { formatReason, type PoolReason } from "./reasons.ts";
import { formatSource } from "./source.ts";

/** Why a pool stands where it stands: `no. 1 of 2 from the CNI configuration, has nodeName`. */
export function explainPosition(plan: Pick<NicFamilyPlan, "pools" | "source">, pool: OrderedPool): string {
  const place = `no. ${plan.pools.findIndex(({ name }) => name === pool.name) + 1} of ${plan.pools.length}`;
  const had = pool.preferences.length === 0 ? "" : `, has ${pool.preferences.join(", ")}`;
  return `${place} from ${formatSource(plan.source)}${had}`;
}

/**
 * Every pool of one NIC and family, one line each: first those that may serve it in the order to try, then the others
 * and why not.
 *
 * @param failed what claiming has found out about pools that may serve it
 */
export function explainFamily(plan: NicFamilyPlan, failed: readonly PoolReason[] = []): string[] {
  const found = new Map(failed.map(({ pool, reason }) => [pool, reason]));
  const usable = plan.pools.map((pool) => {
    const reason = found.get(pool.name);
    const outcome = reason === undefined ? "" : `: ${formatReason(reason)}`;
    return `IPPool ${JSON.stringify(pool.name)} (${explainPosition(plan, pool)})${outcome}`;
  });
  const unused = plan.unused.map(({ pool, reason }) => `IPPool ${JSON.stringify(pool)}: ${formatReason(reason)}`);
  return [...usable, ...unused];
}
