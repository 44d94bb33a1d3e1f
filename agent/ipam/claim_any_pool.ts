import type { PoolReason, Reason } from "../../crd/ipam/reasons.ts";
import type { ClaimOutcome } from "../../crd/ipam/requests.ts";
import type { AllocateContext, Allocated, Need } from "./allocation.ts";
import { claimRequest } from "./claim_request.ts";

/** Walks the pools of one need until one gives an address. Only a refusal leads to the next pool, never a conflict. */
export async function claimAnyPool(need: Need, context: AllocateContext): Promise<Allocated> {
  const reasons: PoolReason[] = [...need.unused];
  for (const pool of need.pools) {
    const outcome = await claimIn(pool, need, context);
    if (outcome.hasLeftovers === true) context.onLeftovers();
    if (outcome.kind === "claimed") {
      const { address, existing } = outcome;
      const passed = reasons.slice(need.unused.length);
      return { kind: "granted", grants: [{ need, pool, address, existing, passed }] };
    }
    if (outcome.kind === "stale") return { kind: "stale", pools: [pool.name] };
    const reason = reasonOf(outcome);
    reasons.push({ pool: pool.name, nic: need.nic, family: need.family, reason });
    if (reason.code === "record-of-other") break; // another pool would change an address that is to stay
  }
  const { nic, family, source } = need;
  return { kind: "refused", refusals: [{ nic, family, source, reasons }] };
}

/** One claim; a record that an incarnation in between re-owned is taken over once that is known to be gone. */
async function claimIn(
  pool: Need["pools"][number],
  need: Need,
  context: AllocateContext,
): Promise<Exclude<ClaimOutcome, { kind: "other-incarnation" }>> {
  const request = claimRequest(need, pool, context);
  let outcome = await context.claims.claim(request, context);
  while (outcome.kind === "other-incarnation") {
    const formerUid = outcome.podUid;
    await context.confirmPod();
    outcome = await context.claims.claim({ ...request, formerUid }, context);
  }
  return outcome;
}

function reasonOf(outcome: { kind: "refused"; reason: Reason } | { kind: "none" }): Reason {
  return outcome.kind === "refused" ? outcome.reason : { code: "failed", detail: "holds no record of the Pod" };
}
