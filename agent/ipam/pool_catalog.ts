import type { SpiderIPPool } from "../../crd/generated/mod.ts";
import type { PartialObjectMetadata } from "../../crd/kube/contract.ts";
import type { ResourceReader } from "../../crd/kube/client_types.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import type { StoreView } from "../../crd/kube/store.ts";

/** What the catalog reads with. */
export interface PoolCatalogDeps {
  readonly pools: Pick<ResourceReader<SpiderIPPool>, "get" | "list">;
  /** Metadata of all pools, kept by a watch. */
  readonly metadata: StoreView<PartialObjectMetadata>;
}

/** Pools fetched at a time when many specs are missing. */
const PAGE = 50;
const PARALLEL = 8;

/**
 * The specs of all pools without their status: names, labels and generations come from a metadata-only watch, and a
 * spec is read only when its generation changed. (A pool's status may be 0.6 MB and changes with every Pod.)
 */
export class PoolCatalog {
  readonly #deps: PoolCatalogDeps;
  readonly #specs = new Map<string, SpiderIPPool>();

  constructor(deps: PoolCatalogDeps) {
    this.#deps = deps;
  }

  /** Reads all specs in pages, so that the first ADD finds them. */
  async warm(signal: AbortSignal): Promise<void> {
    let token: string | undefined;
    do {
      const page = await this.#deps.pools.list({ limit: PAGE, continue: token, signal });
      for (const pool of page.items) this.#keep(pool);
      token = page.continue;
    } while (token !== undefined);
  }

  /** All pools as the watch knows them, each with the spec of its generation and the newest metadata. */
  async list(signal: AbortSignal): Promise<readonly SpiderIPPool[]> {
    const known = this.#deps.metadata.list();
    const outdated = known.filter((metadata) => !this.#isCurrent(metadata)).map(({ metadata }) => metadata.name);
    await this.#fetch(outdated, signal);
    return known.flatMap(({ metadata }) => {
      const pool = this.#specs.get(metadata.name);
      return pool === undefined ? [] : [{ ...pool, metadata: newer(metadata, pool.metadata) }];
    });
  }

  /** Reads these pools again whatever the watch says: somebody found their specs changed. */
  async refresh(names: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#fetch(names, signal);
  }

  /** Forgets a pool that is gone. */
  forget(name: string): void {
    this.#specs.delete(name);
  }

  #isCurrent({ metadata }: PartialObjectMetadata): boolean {
    const known = this.#specs.get(metadata.name)?.metadata;
    return known?.uid === metadata.uid && (known?.generation ?? 0) >= (metadata.generation ?? 0);
  }

  async #fetch(names: readonly string[], signal: AbortSignal): Promise<void> {
    for (let i = 0; i < names.length; i += PARALLEL) {
      await Promise.all(names.slice(i, i + PARALLEL).map((name) => this.#fetchOne(name, signal)));
    }
  }

  async #fetchOne(name: string, signal: AbortSignal): Promise<void> {
    try {
      this.#keep(await this.#deps.pools.get({ name }, { signal }));
    } catch (err) {
      if (!isNotFound(err)) throw err;
      this.#specs.delete(name);
    }
  }

  #keep({ apiVersion, kind, metadata, spec }: SpiderIPPool): void {
    this.#specs.set(metadata.name, { apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) });
  }
}

/**
 * The watch may be behind a pool that was read again: then what was read counts. Another UID is newer, too: a pool of
 * another UID than the watch's was read after the watch had told of it.
 */
function newer(
  watched: PartialObjectMetadata["metadata"],
  read: SpiderIPPool["metadata"],
): SpiderIPPool["metadata"] {
  return watched.uid !== read.uid || (read.generation ?? 0) > (watched.generation ?? 0) ? read : watched;
}
