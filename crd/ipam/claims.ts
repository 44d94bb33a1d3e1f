import type {
  ClaimOutcome,
  ClaimRequest,
  PoolClaims,
  ReleaseOutcome,
  ReleaseRequest,
  RequestOptions,
} from "./requests.ts";
import { PoolWriter, type PoolWriterDeps } from "./writer.ts";

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

  /** Tells the pool's writer what a watch saw; see {@linkcode PoolWriter.observe}. */
  observe(pool: string, resourceVersion: string): void {
    this.#writers.get(pool)?.observe(resourceVersion);
  }

  /** A write that this process knows nothing of may be on its way to the pool; see {@linkcode PoolWriter.distrust}. */
  distrust(pool: string): void {
    this.#writer(pool).distrust();
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
