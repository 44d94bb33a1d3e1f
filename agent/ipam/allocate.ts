import { steadyNow } from "../../net/base/clock.ts";
import { type FamilyRefusal, isUsedOut } from "../../crd/ipam/errors.ts";
import type { AllocateContext, Allocated, Grant, Need } from "./allocation.ts";
import { claimAnyPool } from "./claim_any_pool.ts";
import { parted, withGranted, withWanted } from "./other_nics.ts";

/**
 * Claims an address for every need, or for none (claim protocol, rule 4).
 *
 * Claims go out in parallel; of two NICs that were given one record the second claims again. When a pool is full
 * everything is given back and tried again one need after the other, in the order of pool names, so that two requests
 * never wait on each other; between tries the request waits for a free address and holds nothing.
 *
 * @throws {DeadlineError} or the signal's reason; everything that was granted has been given back then
 */
export async function allocate(needs: readonly Need[], { held, ...rest }: AllocateContext): Promise<Allocated> {
  const context = { ...rest, held: withWanted(held, needs) };
  const untilMs = Math.min(steadyNow(context.clock) + context.waitMs, context.deadlineMs);
  const pools = needs.flatMap((need) => need.pools.map(({ name }) => name));
  const inOrder = [...needs].sort((a, b) => compareText(firstPool(a), firstPool(b)));
  const shared = pools.filter((pool, i) => pools.indexOf(pool) !== i);
  let mark = context.freed.mark(pools);
  let result = await claimTogether(needs, context);
  let waited = needs.length > 1; // the first try one after the other comes at once
  while (result.kind === "refused" && result.refusals.every(mayBeFreed)) {
    const since = new Map([...mark, ...context.freed.mark(shared)]); // one NIC's address was given back to them
    if (!waited && !await isFreed(markOfFull(result.refusals, since), untilMs, context)) break;
    waited = false;
    mark = context.freed.mark(pools);
    result = await claimOneByOne(inOrder, context);
  }
  return result;
}

/** Only pools that were full are waited for: what this request gives back itself must not wake it. */
function markOfFull(refusals: readonly FamilyRefusal[], mark: ReadonlyMap<string, number>): Map<string, number> {
  const full = refusals.flatMap(({ reasons }) => reasons.filter(({ reason }) => isUsedOut(reason)));
  const names = new Set(full.map(({ pool }) => pool));
  return new Map([...mark].filter(([pool]) => names.has(pool)));
}

function isFreed(mark: ReadonlyMap<string, number>, untilMs: number, context: AllocateContext): Promise<boolean> {
  const { clock, signal } = context;
  const ms = untilMs - steadyNow(clock);
  return ms > 0 ? context.freed.wait(mark, { ms, signal }) : Promise.resolve(false);
}

async function claimTogether(needs: readonly Need[], context: AllocateContext): Promise<Allocated> {
  const settled = await Promise.allSettled(needs.map((need) => claimAnyPool(need, context)));
  const failed = settled.find((one) => one.status === "rejected");
  const outcomes = settled.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  const result = await allOrNothing(outcomes, { context, failed });
  if (result.kind !== "granted") return result;
  const { kept, again } = parted(result.grants);
  return again.length === 0 ? result : await claimOneByOne(again, context, { granted: kept });
}

/** @param options `granted`: what the request has already; it is given back with the rest */
async function claimOneByOne(
  needs: readonly Need[],
  context: AllocateContext,
  { granted = [] }: { granted?: readonly Grant[] } = {},
): Promise<Allocated> {
  const outcomes: Allocated[] = [{ kind: "granted", grants: granted }];
  let failed: PromiseRejectedResult | undefined;
  for (const need of needs) {
    try {
      const held = withGranted(context.held, outcomes.flatMap(grantsOf));
      outcomes.push(await claimAnyPool(need, { ...context, held }));
    } catch (reason) {
      failed = { status: "rejected", reason };
    }
    if (failed !== undefined || outcomes.at(-1)?.kind !== "granted") break;
  }
  return await allOrNothing(outcomes, { context, failed });
}

/** Joins the outcomes of all needs; anything but a grant for each gives the grants back. */
async function allOrNothing(
  outcomes: readonly Allocated[],
  { context, failed }: { context: AllocateContext; failed: PromiseRejectedResult | undefined },
): Promise<Allocated> {
  const grants = outcomes.flatMap(grantsOf);
  const stale = outcomes.flatMap((outcome) => outcome.kind === "stale" ? outcome.pools : []);
  const refusals = outcomes.flatMap((outcome) => outcome.kind === "refused" ? outcome.refusals : []);
  const complete = failed === undefined && stale.length === 0 && refusals.length === 0;
  if (complete && !context.signal.aborted) return { kind: "granted", grants };
  await Promise.all(grants.map(context.undo));
  if (failed !== undefined) throw failed.reason;
  context.signal.throwIfAborted();
  return stale.length > 0 ? { kind: "stale", pools: stale } : { kind: "refused", refusals };
}

function grantsOf(outcome: Allocated): readonly Grant[] {
  return outcome.kind === "granted" ? outcome.grants : [];
}

function mayBeFreed({ reasons }: FamilyRefusal): boolean {
  return reasons.some(({ reason }) => isUsedOut(reason));
}

function firstPool({ pools }: Need): string {
  return pools[0]?.name ?? "";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
