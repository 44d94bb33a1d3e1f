import type { AddressSet } from "../../net/ip/set.ts";
import type { Family } from "../../net/ip/address.ts";
import { type PoolCounts, poolCounts } from "../../crd/ipam/pool_counts.ts";
import type { PoolState } from "../../crd/ipam/pool_state.ts";
import type { PoolView } from "../../crd/ipam/pool_view.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { poolRows } from "./state_rows.ts";

/** IPPools whose series are shown: the first by name. Each has eight. */
export const MAX_POOLS = 500;

/** What the series of IPPools are made of. */
export interface PoolFacts {
  readonly pools: readonly PoolState[];
  /** Addresses of all SpiderReservedIPs of a family. */
  readonly reserved: (family: Family) => AddressSet;
  /** Whether this agent is the one that should write the pool. */
  readonly isCommitter: (pool: string) => boolean;
}

/** Shows the state of IPPools. What has not changed since the last look is not counted again. */
export class PoolMeter {
  readonly #instruments: InstrumentsOf<typeof poolRows>;
  readonly #counts = new WeakMap<PoolView, { readonly reserved: AddressSet; readonly counts: PoolCounts }>();

  constructor(instruments: InstrumentsOf<typeof poolRows>) {
    this.#instruments = instruments;
  }

  /** Replaces what is shown: a pool that is gone has no series any more. */
  show({ pools, ...facts }: PoolFacts): void {
    const { hidden, ...series } = this.#instruments;
    for (const gauge of Object.values(series)) gauge.clear();
    const known = pools.filter(({ view }) => view !== undefined).sort((a, b) => a.pool < b.pool ? -1 : 1);
    for (const pool of known.slice(0, MAX_POOLS)) this.#showOne(pool, facts);
    hidden.set({}, Math.max(0, known.length - MAX_POOLS));
  }

  #showOne({ pool, view, isCurrent, waiting }: PoolState, { reserved, isCommitter }: Omit<PoolFacts, "pools">): void {
    if (view === undefined) return;
    const series = this.#instruments;
    const labels = { ippool: pool };
    const counts = this.#countsOf(view, reserved(view.shape.family));
    series.size.set(labels, Number(counts.offered));
    series.used.set(labels, Number(counts.recorded));
    series.quarantined.set(labels, Number(counts.quarantined));
    series.reserved.set(labels, Number(counts.reserved));
    series.free.set(labels, Number(counts.free));
    series.current.set(labels, Number(isCurrent));
    series.committer.set(labels, Number(isCommitter(pool)));
    series.queue.set(labels, waiting);
  }

  #countsOf(view: PoolView, reserved: AddressSet): PoolCounts {
    const known = this.#counts.get(view);
    if (known?.reserved === reserved) return known.counts;
    const counts = poolCounts(view, { reserved });
    this.#counts.set(view, { reserved, counts });
    return counts;
  }
}
