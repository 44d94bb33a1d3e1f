import { isOutcomeUnknown, KubeApiError } from "../kube/errors.ts";
import { type BatchPlan, planBatch, type PoolLimits } from "./batch.ts";
import { PacedQueue } from "./paced_queue.ts";
import { PoolCopy } from "./pool_copy.ts";
import type { CachedPool } from "./pool_memory.ts";
import { type WriteOutcome, writeOutcomeOf } from "./pool_observer.ts";
import type { PoolView } from "./pool_view.ts";
import { settleMissing, settleUnreadable } from "./unserved.ts";
import type { Waiting } from "./waiting.ts";
import type { PoolWriterDeps } from "./writer_deps.ts";

/** What a writer does for those who wait: a round at a time, it reads the pool, decides, and writes or confirms. */
export class PoolRounds {
  readonly queue: PacedQueue;
  readonly copy: PoolCopy;
  readonly #name: string;
  readonly #deps: PoolWriterDeps;

  constructor(name: string, deps: PoolWriterDeps) {
    const { clock, random, backoff = { baseMs: 10, capMs: 500 } } = deps;
    this.queue = new PacedQueue(name, { clock, random, backoff });
    this.copy = new PoolCopy(name, deps);
    this.#name = name;
    this.#deps = deps;
  }

  /** One round: read if needed, decide, write or confirm. Never rejects. */
  async step(): Promise<void> {
    let batch: Waiting[] = [];
    try {
      await this.queue.turn();
      if (this.#needsRead() && !await this.#read()) return;
      batch = this.#take();
      if (batch.length > 0) await this.#serve(batch);
    } catch (err) {
      this.#crashed(err, batch);
    }
  }

  /** Gives the records upstream's spelling again after a write that only moved the version. Once: it is no matter of life. */
  async tidy(): Promise<void> {
    const { cached, isOddlySpelled, hasLostWrite } = this.copy.memory;
    if (cached === undefined || !isOddlySpelled || hasLostWrite) return;
    try {
      await this.copy.write(cached.view.records);
      this.#tell([], "done");
    } catch (err) {
      this.#tell([], writeOutcomeOf(err));
      this.#deps.log.debug("cannot respell the records of a pool", { pool: this.#name, err });
    }
  }

  /** A bug here or in what was handed in: whoever it concerns is told, and nobody waits for ever. */
  #crashed(err: unknown, batch: readonly Waiting[]): void {
    this.copy.memory.forget();
    for (const item of batch.length > 0 ? batch : this.queue.takeAll()) item.fail(err);
    this.#deps.log.error("cannot serve pool", { pool: this.#name, err });
  }

  #take(): Waiting[] {
    const batch = this.queue.takeLive(this.#deps.maxBatch ?? 512);
    this.#deps.observer?.taken(batch.map(({ request }) => request));
    return batch;
  }

  #needsRead(): boolean {
    return this.queue.some(({ request, arrived }) => this.copy.memory.isOutdatedFor(request, arrived));
  }

  /** Whether the pool is cached afterwards. Whoever came after the read began may know of a pool that was made after it. */
  async #read(): Promise<boolean> {
    const answer = await this.copy.read();
    switch (answer.kind) {
      case "read":
        return true;
      case "missing":
        settleMissing(this.queue.takeBefore(answer.asOf));
        return false;
      case "unreadable":
        settleUnreadable(this.queue.takeBefore(answer.asOf), answer.err);
        return false;
      case "failed":
        this.#retry(answer.err, this.queue.takeAll());
        return false;
      default:
        return answer satisfies never;
    }
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    const cached = this.copy.memory.cached!;
    const plan = planBatch(cached.view, batch.map((item) => item.request), this.limitsOf(cached.view));
    if (plan.records !== cached.view.records || this.copy.memory.hasLostWrite) await this.#write(batch, plan);
    else if (await this.#isCurrent(cached, batch)) this.#settle(batch, plan);
  }

  /** What bounds the pool now, in the state of `view`. */
  limitsOf(view: PoolView): PoolLimits {
    const { clock, reserved, maxRecords, maxBytes = 1_300_000 } = this.#deps;
    const { recentlyReleased } = this.copy.memory;
    return { reserved: reserved(view.shape.family), maxRecords, maxBytes, nowMs: clock.now(), recentlyReleased };
  }

  async #write(batch: readonly Waiting[], plan: BatchPlan): Promise<void> {
    try {
      await this.copy.write(plan.records);
    } catch (err) {
      this.#tell(batch, writeOutcomeOf(err));
      return this.#retry(err, batch);
    }
    this.#tell(batch, "done");
    this.queue.wrote();
    this.#settle(batch, plan);
  }

  #tell(batch: readonly Waiting[], outcome: WriteOutcome): void {
    this.#deps.observer?.wrote({ pool: this.#name, requests: batch.map(({ request }) => request), outcome });
  }

  /** Whether `cached` was still current after all of `batch` had arrived; where not, `batch` waits again. */
  async #isCurrent({ view, asOf }: CachedPool, batch: readonly Waiting[]): Promise<boolean> {
    if (batch.every((item) => item.arrived < asOf)) return true;
    try {
      if (await this.copy.isCurrent(view.resourceVersion)) return true;
      this.queue.putBack(batch);
    } catch (err) {
      this.#retry(err, batch);
    }
    return false;
  }

  #settle(batch: readonly Waiting[], plan: BatchPlan): void {
    this.queue.succeeded();
    batch.forEach((item, i) => item.settle(plan.outcomes[i]!));
    if (plan.outcomes.some((outcome) => outcome.kind === "released" && outcome.addresses.length > 0)) {
      this.#deps.onFreed?.(this.#name);
    }
  }

  /** After a failed round: definite refusals fail their requests, everything else is tried again after a pause. */
  #retry(err: unknown, batch: readonly Waiting[]): void {
    if (isDefinite(err)) return batch.forEach((item) => item.fail(err));
    this.queue.retry(err, batch);
    this.#deps.log.debug("trying pool again", { pool: this.#name, err });
  }
}

/** Whether asking again cannot help: a refusal other than a conflict, a missing object or a plea for patience. */
function isDefinite(err: unknown): boolean {
  return err instanceof KubeApiError && ![404, 409, 429].includes(err.status) && !isOutcomeUnknown(err);
}
