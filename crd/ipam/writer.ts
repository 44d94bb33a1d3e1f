import type { BackoffOptions } from "../../net/base/backoff.ts";
import { type Clock, steadyNow } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import type { Random } from "../../net/base/random.ts";
import type { Family } from "../../net/ip/address.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import { isOutcomeUnknown, KubeApiError } from "../kube/errors.ts";
import { type BatchPlan, planBatch, type PoolLimits } from "./batch.ts";
import { Pace } from "./pace.ts";
import { PoolCopy } from "./pool_copy.ts";
import type { CachedPool } from "./pool_memory.ts";
import { type PoolObserver, type WriteOutcome, writeOutcomeOf } from "./pool_observer.ts";
import type { PoolState } from "./pool_state.ts";
import type { PoolStore } from "./pool_store.ts";
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
import { settleMissing, settleUnreadable } from "./unserved.ts";
import { type Waiting, WaitingQueue } from "./waiting.ts";

/** What a {@linkcode PoolWriter} works with. */
export interface PoolWriterDeps {
  readonly store: PoolStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Addresses of all SpiderReservedIPs of a family, as known now. */
  readonly reserved: (family: Family) => AddressSet;
  /** Told after each write that freed addresses. */
  readonly onFreed?: (pool: string) => void;
  /** Told what is queued and written. @default nobody */
  readonly observer?: PoolObserver | undefined;
  readonly maxRecords: number;
  /** @default 1300000 */
  readonly maxBytes?: number;
  /** Most requests one write carries. @default 512 */
  readonly maxBatch?: number;
  /** Pauses after conflicts and failures. @default 10 ms to 500 ms */
  readonly backoff?: BackoffOptions;
}

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
  readonly #deps: PoolWriterDeps;
  readonly #queue = new WaitingQueue();
  readonly #copy: PoolCopy;
  readonly #pace: Pace;
  #running = false;
  /** When the round began that runs, in milliseconds of {@linkcode steadyNow}. */
  #turnAtMs = 0;
  /** Ends a pause when somebody comes, whose deadline may be earlier than everybody else's. */
  #alarm: AbortController | undefined;

  constructor(name: string, deps: PoolWriterDeps) {
    this.#name = name;
    this.#deps = deps;
    const { clock, random, backoff = { baseMs: 10, capMs: 500 } } = deps;
    this.#copy = new PoolCopy(name, deps);
    this.#pace = new Pace({ clock, random, backoff });
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
    this.#copy.memory.observe(resourceVersion);
  }

  /** A predecessor's write may be on its way: until the pool has moved on, every answer is written. */
  distrust(): void {
    this.#copy.memory.distrust();
  }

  /** Whether a write may be on its way that only this writer knows of: nobody else can answer for the pool then. */
  get isDoubtful(): boolean {
    return this.#copy.memory.isDoubtful;
  }

  /** What is known of the pool now, without a look at it. */
  get state(): PoolState {
    const { lastView, isCurrent } = this.#copy.memory;
    return { pool: this.#name, view: lastView, isCurrent, waiting: this.#queue.length };
  }

  /** Whether nobody waits for this pool. */
  get idle(): boolean {
    return !this.#running;
  }

  #submit(request: PoolRequest, options: RequestOptions): Promise<unknown> {
    const outcome = this.#queue.push(request, options, this.#copy.nextTick());
    this.#deps.observer?.queued(request);
    this.#alarm?.abort();
    if (!this.#running) void this.#run();
    return outcome;
  }

  async #run(): Promise<void> {
    this.#running = true;
    if (this.#pace.leftMs <= 0) this.#pace.reset();
    do {
      while (this.#queue.length > 0) await this.#step();
      await this.#tidy();
    } while (this.#queue.length > 0);
    this.#running = false;
  }

  /** Gives the records upstream's spelling again after a write that only moved the version. Once: it is no matter of life. */
  async #tidy(): Promise<void> {
    const { cached, isOddlySpelled, hasLostWrite } = this.#copy.memory;
    if (cached === undefined || !isOddlySpelled || hasLostWrite) return;
    try {
      await this.#copy.write(cached.view.records);
      this.#tell([], "done");
    } catch (err) {
      this.#tell([], writeOutcomeOf(err));
      this.#deps.log.debug("cannot respell the records of a pool", { pool: this.#name, err });
    }
  }

  /** One round: read if needed, decide, write or confirm. Never rejects. */
  async #step(): Promise<void> {
    let batch: Waiting[] = [];
    try {
      await this.#pause();
      this.#turnAtMs = steadyNow(this.#deps.clock);
      if (this.#needsRead() && !await this.#read()) return;
      batch = this.#take();
      if (batch.length > 0) await this.#serve(batch);
    } catch (err) {
      this.#crashed(err, batch);
    }
  }

  /** A bug here or in what was handed in: whoever it concerns is told, and nobody waits for ever. */
  #crashed(err: unknown, batch: readonly Waiting[]): void {
    this.#copy.memory.forget();
    for (const item of batch.length > 0 ? batch : this.#queue.take(Infinity)) item.fail(err);
    this.#deps.log.error("cannot serve pool", { pool: this.#name, err });
  }

  /** Waits as long as the last failure asks for; who cannot wait that long is told in time. */
  async #pause(): Promise<void> {
    const { clock } = this.#deps;
    this.#dropLate();
    while (this.#queue.length > 0 && this.#pace.leftMs > 0) {
      const alarm = this.#alarm = new AbortController();
      const untilDeadlineMs = this.#queue.earliestDeadlineMs - steadyNow(clock);
      await clock.sleep(Math.min(this.#pace.leftMs, untilDeadlineMs), alarm.signal).catch(() => undefined);
      this.#dropLate();
    }
  }

  #dropLate(): void {
    this.#queue.dropLate(steadyNow(this.#deps.clock), { pool: this.#name, lastError: this.#pace.lastError });
  }

  /** The next batch; deadlines are checked here, right before it is written. */
  #take(): Waiting[] {
    this.#dropLate();
    const batch = this.#queue.take(this.#deps.maxBatch ?? 512);
    this.#deps.observer?.taken(batch.map(({ request }) => request));
    return batch;
  }

  #needsRead(): boolean {
    return this.#queue.some(({ request, arrived }) => this.#copy.memory.isOutdatedFor(request, arrived));
  }

  /** Whether the pool is cached afterwards. Whoever came after the read began may know of a pool that was made after it. */
  async #read(): Promise<boolean> {
    const answer = await this.#copy.read();
    switch (answer.kind) {
      case "read":
        return true;
      case "missing":
        settleMissing(this.#queue.takeBefore(answer.asOf));
        return false;
      case "unreadable":
        settleUnreadable(this.#queue.takeBefore(answer.asOf), answer.err);
        return false;
      case "failed":
        this.#retry(answer.err, this.#queue.take(Infinity));
        return false;
      default:
        return answer satisfies never;
    }
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    const cached = this.#copy.memory.cached!;
    const plan = planBatch(cached.view, batch.map((item) => item.request), this.#limits(cached.view));
    if (plan.records !== cached.view.records || this.#copy.memory.hasLostWrite) await this.#write(batch, plan);
    else if (await this.#isCurrent(cached, batch)) this.#settle(batch, plan);
  }

  /** What bounds the pool now, in the state of `view`. */
  limitsOf(view: PoolView): PoolLimits {
    return this.#limits(view);
  }

  get #turnMs(): number {
    return Math.max(0, steadyNow(this.#deps.clock) - this.#turnAtMs);
  }

  #limits(view: PoolView): PoolLimits {
    const { clock, reserved, maxRecords, maxBytes = 1_300_000 } = this.#deps;
    const { recentlyReleased } = this.#copy.memory;
    return { reserved: reserved(view.shape.family), maxRecords, maxBytes, nowMs: clock.now(), recentlyReleased };
  }

  async #write(batch: readonly Waiting[], plan: BatchPlan): Promise<void> {
    try {
      await this.#copy.write(plan.records);
    } catch (err) {
      this.#tell(batch, writeOutcomeOf(err));
      return this.#retry(err, batch);
    }
    this.#tell(batch, "done");
    this.#pace.wrote(this.#turnMs);
    this.#settle(batch, plan);
  }

  #tell(batch: readonly Waiting[], outcome: WriteOutcome): void {
    this.#deps.observer?.wrote({ pool: this.#name, requests: batch.map(({ request }) => request), outcome });
  }

  /** Whether `cached` was still current after all of `batch` had arrived; where not, `batch` waits again. */
  async #isCurrent({ view, asOf }: CachedPool, batch: readonly Waiting[]): Promise<boolean> {
    if (batch.every((item) => item.arrived < asOf)) return true;
    try {
      if (await this.#copy.isCurrent(view.resourceVersion)) return true;
      this.#queue.putBack(batch);
    } catch (err) {
      this.#retry(err, batch);
    }
    return false;
  }

  #settle(batch: readonly Waiting[], plan: BatchPlan): void {
    this.#pace.reset();
    batch.forEach((item, i) => item.settle(plan.outcomes[i]!));
    if (plan.outcomes.some((outcome) => outcome.kind === "released" && outcome.addresses.length > 0)) {
      this.#deps.onFreed?.(this.#name);
    }
  }

  /** After a failed round: definite refusals fail their requests, everything else is tried again after a pause. */
  #retry(err: unknown, batch: readonly Waiting[]): void {
    if (isDefinite(err)) return batch.forEach((item) => item.fail(err));
    this.#pace.failed(err, this.#turnMs);
    this.#queue.putBack(batch);
    this.#deps.log.debug("trying pool again", { pool: this.#name, err });
  }
}

/** Whether asking again cannot help: a refusal other than a conflict, a missing object or a plea for patience. */
function isDefinite(err: unknown): boolean {
  return err instanceof KubeApiError && ![404, 409, 429].includes(err.status) && !isOutcomeUnknown(err);
}
