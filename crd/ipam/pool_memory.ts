import { compareResourceVersions } from "../kube/resource_version.ts";
import type { PoolStatusWrite } from "./pool_store.ts";
import type { PoolView } from "./pool_view.ts";
import { type RecentlyReleased, RecentReleases } from "./recent_releases.ts";
import type { PoolRecords } from "./records.ts";
import type { PoolRequest } from "./requests.ts";

/** The pool as last read or written. */
export interface CachedPool {
  readonly view: PoolView;
  /** `status.allocatedIPs` as it is stored. */
  readonly text: string | undefined;
  /** When the read or write began that last proved it current, on the writer's own counter. */
  readonly asOf: number;
}

/**
 * What a writer knows of its pool between requests: the cached object, how new a watch says the pool is, and whether a
 * write is on its way whose answer was lost. Values only: no I/O, no time.
 */
export class PoolMemory {
  #cached: CachedPool | undefined;
  #lastView: PoolView | undefined;
  /** resourceVersion that a watch saw. */
  #hint: string | undefined;
  /** resourceVersion that a lost write replaces: as long as the pool has it, the write may still be done. */
  #lostAt: string | undefined;
  /** Whether the version that is read next is one that a lost write replaces. */
  #isDistrusted = false;
  readonly #recent = new RecentReleases();

  get cached(): CachedPool | undefined {
    return this.#cached;
  }

  /** The pool as it last was, whether or not it still is: most of it will be the same when it is read again. */
  get lastView(): PoolView | undefined {
    return this.#lastView;
  }

  /** Addresses that were released lately, as far as this writer saw it. */
  get recentlyReleased(): RecentlyReleased {
    return this.#recent;
  }

  /** Newest resourceVersion that a watch saw and no later read contradicted. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** Whether a write whose answer was lost may still change the pool as it is cached. */
  get hasLostWrite(): boolean {
    return this.#lostAt !== undefined;
  }

  /** Whether a write that this process has no answer to may still change the pool, as far as it is known. */
  get isDoubtful(): boolean {
    return this.#isDistrusted || this.#lostAt !== undefined;
  }

  /** Whether the pool is cached, and no watch saw a newer one. */
  get isCurrent(): boolean {
    if (this.#cached === undefined) return false;
    return (compareResourceVersions(this.#hint, this.#cached.view.resourceVersion) ?? 0) <= 0;
  }

  /** A watch saw `resourceVersion`. What is no newer number is ignored. */
  observe(resourceVersion: string): void {
    if (this.#hint === undefined) this.#hint = resourceVersion;
    else if ((compareResourceVersions(resourceVersion, this.#hint) ?? 0) > 0) this.#hint = resourceVersion;
  }

  /** Whether the cache cannot serve `request`: there is none, a watch saw a newer one, or the caller did. */
  isOutdatedFor(request: PoolRequest, arrived: number): boolean {
    if (this.#cached === undefined) return true;
    const { view, asOf } = this.#cached;
    if (!this.isCurrent) return true;
    if (request.kind !== "claim" || arrived < asOf) return false;
    return request.generation > view.generation || request.poolUid !== view.uid;
  }

  /**
   * A read answered.
   *
   * @param hintBefore {@linkcode hint} when it began: the answer is newer, whatever the numbers say
   */
  read(cached: CachedPool, hintBefore: string | undefined): void {
    this.#set(cached);
    if (this.#isDistrusted) this.#lostAt = cached.view.resourceVersion;
    this.#isDistrusted = false;
    if (this.#hint === hintBefore) this.#hint = undefined;
  }

  /** {@linkcode CachedPool.view} was still current when something that began at `asOf` looked. */
  confirmed(asOf: number): void {
    if (this.#cached !== undefined) this.#cached = { ...this.#cached, asOf };
  }

  /** The write of {@linkcode writeOf} was done. */
  wrote({ records, write, resourceVersion, asOf }: {
    readonly records: PoolRecords;
    readonly write: PoolStatusWrite;
    readonly resourceVersion: string;
    readonly asOf: number;
  }): void {
    if (this.#cached === undefined) return;
    const view = { ...this.#cached.view, resourceVersion, records };
    this.#set({ view, text: write.allocatedIPs, asOf });
  }

  /** The write of {@linkcode writeOf} has no answer: it may be done, or be done later. */
  lose(): void {
    this.#lostAt = this.#cached?.view.resourceVersion;
    this.#cached = undefined;
  }

  /** A write of an earlier process may be on its way: it replaces what is read next, or comes too late. */
  distrust(): void {
    this.#isDistrusted = true;
    this.#cached = undefined;
  }

  /** The cache is not to be trusted any more. */
  forget(): void {
    this.#cached = undefined;
  }

  /** The pool does not exist: nor does anything that could still be written to it. */
  gone(): void {
    this.#cached =
      this.#lastView =
      this.#hint =
      this.#lostAt =
        undefined;
  }

  /**
   * The write that makes `records` the pool's. It always differs from what is stored, so that it moves the
   * resourceVersion: a lost write can then never be done.
   *
   * @throws {TypeError} if nothing is cached
   */
  writeOf(records: PoolRecords): PoolStatusWrite {
    if (this.#cached === undefined) throw new TypeError("Cannot write a pool that was not read: nothing is cached");
    const { view: { name, resourceVersion, totalIPCount }, text } = this.#cached;
    const encoded = records.encode();
    const allocatedIPs = encoded === text ? otherText(encoded) : encoded;
    return { name, resourceVersion, allocatedIPs, allocatedIPCount: records.size, totalIPCount };
  }

  /** Whether the stored text has the odd spelling of a write that only moved the version; see {@linkcode writeOf}. */
  get isOddlySpelled(): boolean {
    const text = this.#cached?.text;
    return text === "{}" || text?.endsWith(" ") === true;
  }

  #set(cached: CachedPool): void {
    this.#cached = cached;
    this.#lastView = cached.view;
    this.#recent.see(cached.view);
    if (this.#lostAt !== cached.view.resourceVersion) this.#lostAt = undefined;
  }
}

/**
 * The same records, spelled differently. An API server does nothing for a write that changes nothing, so a blank is
 * added; the writer's next write drops it. Upstream reads it as it reads the other, but lets a pool that is being
 * deleted go only when the field is absent.
 */
function otherText(encoded: string | undefined): string {
  return encoded === undefined ? "{}" : `${encoded} `;
}
