import { type Address, formatAddress } from "../../net/ip/address.ts";
import type { SpiderIPPool } from "../generated/mod.ts";
import { isNotFound } from "../kube/errors.ts";
import { planBatch, type PoolLimits } from "./batch.ts";
import { type PoolCounts, poolCounts } from "./pool_counts.ts";
import { MalformedPoolError, type PoolView, poolViewOf } from "./pool_view.ts";
import type { Reason } from "./reasons.ts";
import { MalformedRecordsError } from "./record.ts";
import type {
  ClaimOutcome,
  ClaimRequest,
  PoolClaims,
  PoolOutcome,
  PoolRequest,
  QuarantineOutcome,
  QuarantineRequest,
  ReleaseOutcome,
  ReleaseRequest,
  RequestOptions,
} from "./requests.ts";

/** What {@linkcode DryRunClaims} looks with. */
export interface DryRunAccess {
  /** The pool as the API server has it now. @throws {KubeApiError} 404 when there is none */
  read(pool: string, signal: AbortSignal | undefined): Promise<SpiderIPPool>;
  /** What bounds the pool now, in the state of `view`. */
  limitsOf(pool: string, view: PoolView): PoolLimits;
}

/** What a dry run found when it asked a pool for an address. */
export type DryRunTry =
  | { readonly code: "refused"; readonly reason: Reason }
  | {
    readonly code: "claimed";
    readonly address: Address;
    /** Whether the record was there before the dry run. */
    readonly existing: boolean;
    /** Whether it was released lately, as far as this process knows. */
    readonly lately: boolean;
  };

/** One pool in a dry run. */
interface DryPool {
  view: PoolView;
  readonly counts: PoolCounts;
  /** Addresses that the dry run itself recorded, and whether they were released lately. */
  readonly made: Map<string, boolean>;
}

/**
 * {@linkcode PoolClaims} that decide as the writer does and write nothing: each pool is read once, and what is claimed
 * is recorded in a copy. Remembers what each NIC was told by each pool.
 */
export class DryRunClaims implements PoolClaims {
  readonly #access: DryRunAccess;
  readonly #pools = new Map<string, Promise<DryPool | Reason>>();
  readonly #counts = new Map<string, PoolCounts>();
  readonly #tries = new Map<string, DryRunTry>();

  constructor(access: DryRunAccess) {
    this.#access = access;
  }

  async claim(request: ClaimRequest, { signal }: RequestOptions): Promise<ClaimOutcome> {
    const found = await this.#pool(request.pool, signal);
    if ("code" in found) return this.#note(request, { kind: "refused", reason: found });
    const outcome = this.#apply(found, request) as ClaimOutcome; // a claim is answered with the outcome of a claim
    if (outcome.kind === "stale") this.#pools.delete(request.pool); // judged again, and looked at again
    return this.#note(request, outcome, found);
  }

  async release(request: ReleaseRequest, { signal }: RequestOptions): Promise<ReleaseOutcome> {
    const found = await this.#pool(request.pool, signal);
    return "code" in found ? { kind: "released", addresses: [] } : this.#apply(found, request) as ReleaseOutcome; // likewise
  }

  async quarantine(request: QuarantineRequest, { signal }: RequestOptions): Promise<QuarantineOutcome> {
    const found = await this.#pool(request.pool, signal);
    return "code" in found ? { kind: "quarantined", addresses: [] } : this.#apply(found, request) as QuarantineOutcome; // likewise
  }

  /** What `pool` answered last when an address for `nic` was asked for; `undefined` if it was not asked. */
  tryOf(pool: string, nic: string): DryRunTry | undefined {
    return this.#tries.get(tryKey(pool, nic));
  }

  /** What the pools that were looked into had before, by name. */
  get counts(): ReadonlyMap<string, PoolCounts> {
    return this.#counts;
  }

  #apply(pool: DryPool, request: PoolRequest): PoolOutcome {
    const limits = this.#access.limitsOf(request.pool, pool.view);
    const { records, outcomes } = planBatch(pool.view, [request], limits);
    pool.view = { ...pool.view, records };
    return outcomes[0]!;
  }

  #pool(name: string, signal: AbortSignal | undefined): Promise<DryPool | Reason> {
    let pool = this.#pools.get(name);
    if (pool === undefined) this.#pools.set(name, pool = this.#read(name, signal));
    return pool;
  }

  async #read(name: string, signal: AbortSignal | undefined): Promise<DryPool | Reason> {
    try {
      const view = poolViewOf(await this.#access.read(name, signal));
      const { reserved, recentlyReleased } = this.#access.limitsOf(name, view);
      const lately = recentlyReleased?.addresses;
      const counts = poolCounts(view, { reserved, ...(lately?.family === view.shape.family ? { lately } : {}) });
      this.#counts.set(name, counts);
      return { view, counts, made: new Map() };
    } catch (err) {
      if (isNotFound(err)) return { code: "failed", detail: "does not exist" };
      if (err instanceof MalformedPoolError || err instanceof MalformedRecordsError) {
        return { code: "failed", detail: err.message };
      }
      this.#pools.delete(name);
      throw err;
    }
  }

  #note({ pool, identity: { nic } }: ClaimRequest, outcome: ClaimOutcome, found?: DryPool): ClaimOutcome {
    if (outcome.kind === "refused") {
      this.#tries.set(tryKey(pool, nic), { code: "refused", reason: outcome.reason });
    } else if (outcome.kind === "claimed" && found !== undefined) {
      this.#tries.set(tryKey(pool, nic), this.#claimed(outcome, found));
    }
    return outcome;
  }

  #claimed({ address, existing }: Extract<ClaimOutcome, { kind: "claimed" }>, { view, made }: DryPool): DryRunTry {
    const text = formatAddress(address);
    if (!existing && !made.has(text)) {
      const { recentlyReleased } = this.#access.limitsOf(view.name, view);
      made.set(text, recentlyReleased?.addresses.has(address.value) ?? false);
    }
    return { code: "claimed", address, existing: existing && !made.has(text), lately: made.get(text) ?? false };
  }
}

function tryKey(pool: string, nic: string): string {
  return `${pool} ${nic}`;
}
