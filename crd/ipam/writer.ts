import type { PoolLimits } from "./batch.ts";
import { PoolRounds } from "./pool_rounds.ts";
import type { PoolState } from "./pool_state.ts";
import type { PoolView } from "./pool_view.ts";
import type {
  ClaimOutcome,
  ClaimRequest,
  PoolRequest,
  QuarantineOutcome,
  QuarantineRequest,
  ReleaseOutcome,
  ReleaseRequest,
  RequestOptions,
} from "./requests.ts";
import type { PoolWriterDeps } from "./writer_deps.ts";

/**
 * The one writer of a pool's records in this process: group commit (claim protocol, rule 1).
 *
 * While a write is in flight, requests queue; the next write carries all of them. The first try writes from the cached
 * object; a conflict re-reads once for all that wait and decides again, until each request's own deadline. An answer
 * that needs no write is given only when the cache was proved current after the request arrived, and no write whose
 * answer was lost can still change it: where one can, the answer is written all the same, which shuts that one out.
 */
export class PoolWriter {
  readonly #name: string;
  readonly #observer: PoolWriterDeps["observer"];
  readonly #rounds: PoolRounds;
  #running = false;

  constructor(name: string, deps: PoolWriterDeps) {
    this.#name = name;
    this.#observer = deps.observer;
    this.#rounds = new PoolRounds(name, deps);
  }

  /** Claims an address; see {@linkcode PoolClaims}. */
  claim(request: ClaimRequest, options: RequestOptions): Promise<ClaimOutcome> {
    return this.#submit(request, options) as Promise<ClaimOutcome>;
  }

  /** Releases addresses; see {@linkcode PoolClaims}. */
  release(request: ReleaseRequest, options: RequestOptions): Promise<ReleaseOutcome> {
    return this.#submit(request, options) as Promise<ReleaseOutcome>;
  }

  /** Sets addresses aside; see {@linkcode PoolClaims}. */
  quarantine(request: QuarantineRequest, options: RequestOptions): Promise<QuarantineOutcome> {
    return this.#submit(request, options) as Promise<QuarantineOutcome>;
  }

  /**
   * Tells that a watch saw `resourceVersion`. A hint that saves a write which would conflict; late and repeated hints
   * do no harm.
   */
  observe(resourceVersion: string): void {
    this.#rounds.copy.memory.observe(resourceVersion);
  }

  /** A predecessor's write may be on its way: until the pool has moved on, every answer is written. */
  distrust(): void {
    this.#rounds.copy.memory.distrust();
  }

  /** Whether a write may be on its way that only this writer knows of: nobody else can answer for the pool then. */
  get isDoubtful(): boolean {
    return this.#rounds.copy.memory.isDoubtful;
  }

  /** What is known of the pool now, without a look at it. */
  get state(): PoolState {
    const { lastView, isCurrent } = this.#rounds.copy.memory;
    return { pool: this.#name, view: lastView, isCurrent, waiting: this.#rounds.queue.length };
  }

  /** Whether nobody waits for this pool. */
  get idle(): boolean {
    return !this.#running;
  }

  /** What bounds the pool now, in the state of `view`. */
  limitsOf(view: PoolView): PoolLimits {
    return this.#rounds.limitsOf(view);
  }

  #submit(request: PoolRequest, options: RequestOptions): Promise<unknown> {
    const { queue, copy } = this.#rounds;
    const outcome = queue.push(request, options, copy.nextTick());
    this.#observer?.queued(request);
    if (!this.#running) void this.#run();
    return outcome;
  }

  async #run(): Promise<void> {
    const { queue } = this.#rounds;
    this.#running = true;
    queue.forgive();
    do {
      while (queue.length > 0) await this.#rounds.step();
      await this.#rounds.tidy();
    } while (queue.length > 0);
    this.#running = false;
  }
}
