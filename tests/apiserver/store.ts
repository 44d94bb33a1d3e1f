import { Collection, type HistoryLimits } from "./collection.ts";
import { deepFreeze, longerThan } from "./json.ts";
import { type ApiObject, metaString, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";
import { untyped } from "./request_refusals.ts";
import { Change, StoredVersion } from "./version.ts";

/** What etcd takes in one request by default. */
export const maxObjectBytes = 1_572_864;

/** Names one object of a resource. */
export interface StoreKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A write of any resource. */
export interface StoreEvent {
  readonly resource: Resource;
  readonly change: Change;
}

/** All objects, one counter of revisions, and who listens. Writes are synchronous, so each is atomic. */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #limits: HistoryLimits;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #revision = 1;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** The objects of a resource. */
  collection(resource: Pick<Resource, "storage">): Collection {
    let collection = this.#collections.get(resource.storage);
    if (collection === undefined) {
      collection = new Collection(this.#limits);
      this.#collections.set(resource.storage, collection);
    }
    return collection;
  }

  get(resource: Resource, key: StoreKey): StoredVersion | undefined {
    return this.collection(resource).get(keyText(key));
  }

  /**
   * Writes `object` under the next revision, whatever is there.
   *
   * @throws {ApiError} if it is too large for etcd
   */
  put(resource: Resource, object: ApiObject): StoredVersion {
    const revision = this.#revision + 1;
    const current = new StoredVersion(deepFreeze(withMeta(object, { resourceVersion: String(revision) })), revision);
    if (longerThan(current.text, maxObjectBytes)) throw untyped("etcdserver: request is too large");
    const key = keyText(keyOf(object));
    this.#commit(resource, { key, change: new Change(revision, this.collection(resource).get(key), current) });
    return current;
  }

  /** Removes an object. @returns its last state, under the revision of the removal */
  remove(resource: Resource, key: StoreKey): StoredVersion | undefined {
    const previous = this.get(resource, key);
    if (previous === undefined) return undefined;
    const change = new Change(this.#revision + 1, previous, undefined);
    this.#commit(resource, { key: keyText(key), change });
    return change.departed;
  }

  #commit(resource: Resource, { key, change }: { key: string; change: Change }): void {
    this.#revision = change.revision;
    this.collection(resource).apply(key, change);
    for (const listener of [...this.#listeners]) listener({ resource, change });
  }

  /** Objects as they were at `revision`. Ask only for a revision the collection still knows. */
  at(resource: Resource, revision: number): readonly StoredVersion[] {
    return this.collection(resource).at(revision, (version) => keyText(keyOf(version.object)));
  }

  /** Forgets the past of all resources: every older resourceVersion is expired. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact(this.#revision);
  }

  /** Hears of every write, after the watches of its resource. @returns a function that ends it */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** Key of an object. */
export function keyOf(object: ApiObject): StoreKey {
  return { namespace: metaString(object, "namespace"), name: object.metadata.name };
}

/** `<namespace>/<name>` or `<name>`: sorts as etcd's keys do. */
export function keyText({ namespace, name }: StoreKey): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}
