import { type Clock, steadyNow } from "../../net/base/clock.ts";
import { type Address, type Family, formatAddress } from "../../net/ip/address.ts";
import { type FamilyRefusal, isUsedOut } from "../../crd/ipam/errors.ts";
import type { OrderedPool } from "../../crd/ipam/order.ts";
import type { PoolReason, Reason } from "../../crd/ipam/reasons.ts";
import type { ClaimOutcome, PoolClaims } from "../../crd/ipam/requests.ts";
import type { Source } from "../../crd/ipam/source.ts";
import { claimRequest } from "./claim_request.ts";
import type { FreeSignal } from "./free_signal.ts";
import { parted, withGranted, withWanted } from "./other_nics.ts";

/** One address that an ADD needs: one NIC, one family, any of `pools`. */
export interface Need {
  readonly nic: string;
  readonly family: Family;
  readonly source: Source;
  readonly cleanGateway: boolean;
  /** In the order to try; never empty. */
  readonly pools: readonly OrderedPool[];
  /** Pools of the source that may not serve it. */
  readonly unused: readonly PoolReason[];
  /** The address this NIC had; see {@linkcode ClaimRequest.want}. */
  readonly want?: Address;
  /** See {@linkcode ClaimRequest.formerUid}. */
  readonly formerUid?: string;
}

/** A need with its address. */
export interface Grant {
  readonly need: Need;
  readonly pool: Need["pools"][number];
  readonly address: Address;
  /** Whether the record was there before this request. */
  readonly existing: boolean;
  /** Pools that came before it and refused, and why. */
  readonly passed: readonly PoolReason[];
}

/** What came of {@linkcode allocate}. */
export type Allocated =
  | { readonly kind: "granted"; readonly grants: readonly Grant[] }
  | { readonly kind: "refused"; readonly refusals: readonly FamilyRefusal[] }
  /** Specs changed since they were judged: judge again. */
  | { readonly kind: "stale"; readonly pools: readonly string[] };

/** For whom, with what and until when {@linkcode allocate} works. */
export interface AllocateContext {
  readonly claims: PoolClaims;
  readonly freed: FreeSignal;
  readonly clock: Clock;
  /** `namespace/name`, UID and node of the records. */
  readonly owner: { readonly pod: string; readonly podUid: string; readonly node: string };
  /** Canonical addresses by NIC that the Pod holds already, as its endpoint says. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** How long a request waits for a full pool, holding nothing, in milliseconds. */
  readonly waitMs: number;
  /** Gives back one grant; must not throw. */
  readonly undo: (grant: Grant) => Promise<void>;
  /** Throws unless the Pod has its name right now: before a record is taken over from another incarnation. */
  readonly confirmPod: () => Promise<unknown>;
  /** Told when a pool holds more of the Pod than this request can tell the NIC of. */
  readonly onLeftovers: () => void;
}

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

/** Walks the pools of one need until one gives an address. Only a refusal leads to the next pool, never a conflict. */
async function claimAnyPool(need: Need, context: AllocateContext): Promise<Allocated> {
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

/** Canonical address of a grant, as it stands in the pool's records. */
export function addressOfGrant(grant: Pick<Grant, "address">): string {
  return formatAddress(grant.address);
}

function reasonOf(outcome: { kind: "refused"; reason: Reason } | { kind: "none" }): Reason {
  return outcome.kind === "refused" ? outcome.reason : { code: "failed", detail: "holds no record of the Pod" };
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
