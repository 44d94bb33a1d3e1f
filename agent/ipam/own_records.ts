import type { AllocateContext, Need } from "./allocation.ts";
import { claimRequest } from "./claim_request.ts";

type Context = Pick<AllocateContext, "claims" | "owner" | "held" | "deadlineMs" | "signal">;

/** Whether every need's address is recorded for this Pod in the pool it came from. Writes nothing. */
export async function confirmOwn(needs: readonly Need[], context: Context): Promise<boolean> {
  const found = await Promise.all(needs.map((need) => ownPool(need, context)));
  return found.every((pool) => pool !== undefined);
}

/**
 * The needs with the pool first in which the Pod holds a record already: an earlier ADD that did not end took it there,
 * and the retry gets the same address.
 */
export function ownPoolsFirst(needs: readonly Need[], context: Context): Promise<readonly Need[]> {
  return Promise.all(needs.map(async (need) => {
    const own = await ownPool(need, context);
    return own === undefined ? need : { ...need, pools: [own, ...need.pools.filter((pool) => pool !== own)] };
  }));
}

/** The first pool of `need` that holds a record of it: the wanted address, if one is wanted. */
async function ownPool(need: Need, context: Context): Promise<Need["pools"][number] | undefined> {
  for (const pool of need.pools) {
    const outcome = await context.claims.claim({ ...claimRequest(need, pool, context), ownOnly: true }, context);
    if (outcome.kind !== "claimed") continue;
    if (need.want === undefined || outcome.address.value === need.want.value) return pool;
  }
  return undefined;
}
