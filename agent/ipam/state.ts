import { steadyNow } from "../../net/base/clock.ts";
import type { Family } from "../../net/ip/address.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import type { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import type { PoolState } from "../../crd/ipam/pool_state.ts";
import type { WatchState } from "./cluster_watches.ts";
import type { IpamDeps } from "./deps.ts";
import type { JournalEntry } from "./journal.ts";

/** What IPAM does and knows now: for metrics. Nothing is asked of the API server for it. */
export interface IpamState {
  /** ADDs that run or wait for their Pod's turn. */
  readonly addsInProgress: number;
  /** Requests that wait for an address or a pool, holding nothing. */
  readonly freeWaiters: number;
  /** NaN when the disk does not say. */
  readonly journalEntries: number;
  /** Age of the oldest of them in milliseconds, 0 where there are none. NaN when the disk does not say. */
  readonly journalOldestMs: number;
  /** DELs that plugins left for this agent and that are still to be carried out. NaN when the disk does not say. */
  readonly owedDels: number;
  /** How long the one of them that has failed for longest has, in milliseconds; 0 where none fails. */
  readonly owedFailingMs: number;
  /** Pools that were asked for since the process started, and still exist. */
  readonly pools: readonly PoolState[];
  /** Addresses of all SpiderReservedIPs of a family. */
  readonly reserved: (family: Family) => AddressSet;
  readonly watches: readonly WatchState[];
  /** When this was looked at, in milliseconds of {@linkcode steadyNow}, as the times of {@linkcode watches}. */
  readonly nowMs: number;
}

/** Looks at what IPAM is made of. A disk that fails takes nothing but its own figures away. */
export async function ipamState(
  { running, freed, journal, owed, owedFailures, view, clock }: Pick<
    IpamDeps,
    "running" | "freed" | "journal" | "owed" | "owedFailures" | "view" | "clock"
  >,
  claims: Pick<LocalPoolClaims, "states">,
): Promise<IpamState> {
  const entries = await journal.list().catch(() => undefined);
  return {
    addsInProgress: running.adds,
    freeWaiters: freed.waiting,
    journalEntries: entries?.length ?? NaN,
    journalOldestMs: entries === undefined ? NaN : oldestMs(entries, clock.now()),
    owedDels: await (owed?.count() ?? Promise.resolve(0)).catch(() => NaN),
    owedFailingMs: owedFailures.longestMs,
    pools: claims.states().filter(({ pool }) => view.hasPool(pool)), // a writer may outlive its pool for a while
    reserved: (family) => view.reserved(family),
    watches: view.watches(),
    nowMs: steadyNow(clock),
  };
}

/** Entries are kept longer than processes live, so their age goes by the time that everybody sees. */
function oldestMs([oldest]: readonly JournalEntry[], nowMs: number): number {
  return oldest === undefined ? 0 : Math.max(0, nowMs - Date.parse(oldest.startedAt));
}
