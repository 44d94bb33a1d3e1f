import type {
  ClaimOutcome,
  ClaimRequest,
  PoolClaims,
  QuarantineOutcome,
  QuarantineRequest,
  ReleaseOutcome,
  ReleaseRequest,
  RequestOptions,
} from "./requests.ts";
import type { PoolLimits } from "./pool_limits.ts";
import type { PoolState } from "./pool_state.ts";
import type { PoolView } from "./pool_view.ts";
import { PoolWriter } from "./writer.ts";
import type { PoolWriterDeps } from "./writer_deps.ts";

/** {@linkcode PoolClaims} by writers in this process, one a pool, made at first use. */
export class LocalPoolClaims implements PoolClaims {
  readonly #writers = new Map<string, PoolWriter>();
  readonly #deps: PoolWriterDeps;

  constructor(deps: PoolWriterDeps) {
    this.#deps = deps;
  }

  claim(request: ClaimRequest, options: RequestOptions): Promise<ClaimOutcome> {
    return this.#writer(request.pool).claim(request, options);
  }

  release(request: ReleaseRequest, options: RequestOptions): Promise<ReleaseOutcome> {
    return this.#writer(request.pool).release(request, options);
  }

  quarantine(request: QuarantineRequest, options: RequestOptions): Promise<QuarantineOutcome> {
    return this.#writer(request.pool).quarantine(request, options);
  }

  /** Tells the pool's writer what a watch saw; see {@linkcode PoolWriter.observe}. */
  observe(pool: string, resourceVersion: string): void {
    this.#writers.get(pool)?.observe(resourceVersion);
  }

  /** A write that this process knows nothing of may be on its way to the pool; see {@linkcode PoolWriter.distrust}. */
  distrust(pool: string): void {
    this.#writer(pool).distrust();
  }

  /** Whether only the writer of this process can answer for the pool; see {@linkcode PoolWriter.isDoubtful}. */
  isDoubtful(pool: string): boolean {
    return this.#writers.get(pool)?.isDoubtful ?? false;
  }

  /** What bounds a pool now, in the state of `view`: for a dry run. */
  limitsOf(pool: string, view: PoolView): PoolLimits {
    return this.#writer(pool).limitsOf(view);
  }

  /** What is known of each pool that was asked for since the process started, without a look at any. */
  states(): readonly PoolState[] {
    return Array.from(this.#writers.values(), ({ state }) => state);
  }

  /** Forgets a pool that is gone, once nobody waits for it. */
  forget(pool: string): void {
    if (this.#writers.get(pool)?.idle === true) this.#writers.delete(pool);
  }

  #writer(pool: string): PoolWriter {
    let writer = this.#writers.get(pool);
    if (writer === undefined) this.#writers.set(pool, writer = new PoolWriter(pool, this.#deps));
    return writer;
  }
}
