import type { Log } from "../../net/base/log.ts";
import { isNotFound, isOutcomeUnknown } from "../kube/errors.ts";
import { Complaints } from "./complaints.ts";
import { PoolMemory } from "./pool_memory.ts";
import type { PoolStore } from "./pool_store.ts";
import { MalformedPoolError, poolViewOf } from "./pool_view.ts";
import { MalformedRecordsError } from "./record.ts";
import type { PoolRecords } from "./records.ts";

/** What came of {@linkcode PoolCopy.read}; `asOf` is when it began, on the copy's counter. */
export type PoolRead =
  | { readonly kind: "read" }
  | { readonly kind: "missing"; readonly asOf: number }
  | { readonly kind: "unreadable"; readonly err: Error; readonly asOf: number }
  | { readonly kind: "failed"; readonly err: unknown };

/** What a {@linkcode PoolCopy} works with. */
export interface PoolCopyDeps {
  readonly store: PoolStore;
  readonly log: Log;
}

/** This process's copy of one pool, and the three requests that keep it true: a read, a write, a look at the version. */
export class PoolCopy {
  readonly memory = new PoolMemory();
  readonly #name: string;
  readonly #store: PoolStore;
  readonly #complaints: Complaints;
  #tick = 0;

  constructor(name: string, { store, log }: PoolCopyDeps) {
    this.#name = name;
    this.#store = store;
    this.#complaints = new Complaints(name, log);
  }

  /** A number larger than all before: it orders arrivals of callers and beginnings of requests. */
  nextTick(): number {
    return this.#tick++;
  }

  /** Reads the pool. The copy is gone where that fails. Never rejects. */
  async read(): Promise<PoolRead> {
    const asOf = this.nextTick();
    const { hint } = this.memory;
    try {
      const pool = await this.#store.read(this.#name);
      const view = poolViewOf(pool, this.memory.lastView);
      this.#complaints.read(view.records);
      this.memory.read({ view, text: pool.status?.allocatedIPs, asOf }, hint);
      return { kind: "read" };
    } catch (err) {
      return this.#notRead(err, asOf);
    }
  }

  #notRead(err: unknown, asOf: number): PoolRead {
    this.memory.forget();
    if (isNotFound(err)) {
      this.memory.gone();
      return { kind: "missing", asOf };
    }
    if (!(err instanceof MalformedPoolError || err instanceof MalformedRecordsError)) return { kind: "failed", err };
    this.#complaints.unreadable(err);
    return { kind: "unreadable", err, asOf };
  }

  /**
   * Writes `records` over those of the copy, if the pool has not changed since.
   *
   * @throws {KubeApiError} 409 when it has; after every failure there is no copy any more
   */
  async write(records: PoolRecords): Promise<void> {
    const write = this.memory.writeOf(records);
    const asOf = this.nextTick();
    try {
      const resourceVersion = await this.#store.writeStatus(write);
      this.memory.wrote({ records, write, resourceVersion, asOf });
    } catch (err) {
      if (isOutcomeUnknown(err)) this.memory.lose();
      else this.memory.forget();
      throw err;
    }
  }

  /** Whether the pool still has the version `resourceVersion` of the copy, which is gone where it has not. */
  async isCurrent(resourceVersion: string): Promise<boolean> {
    const startedAt = this.nextTick();
    const isSame = await this.#hasVersion(resourceVersion);
    if (isSame) this.memory.confirmed(startedAt);
    else this.memory.forget();
    return isSame;
  }

  async #hasVersion(resourceVersion: string): Promise<boolean> {
    try {
      return await this.#store.version(this.#name) === resourceVersion;
    } catch (err) {
      if (isNotFound(err)) return false;
      throw err;
    }
  }
}
