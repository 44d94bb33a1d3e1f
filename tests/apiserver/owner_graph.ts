import { arrayOr, isObject, stringOf } from "./json.ts";
import type { ApiObject } from "./object.ts";
import type { Resource } from "./resource.ts";

/** An object and what it is one of. */
export interface Item {
  readonly resource: Resource;
  readonly object: ApiObject;
}

/** The objects that are there, and who owns whom. */
export class OwnerGraph {
  /** By UID. */
  readonly #live = new Map<string, Item>();
  /** Dependents by owner UID, then by their own UID. */
  readonly #dependents = new Map<string, Map<string, Item>>();

  /** The object with this UID as it is now. */
  get(uid: string): Item | undefined {
    return this.#live.get(uid);
  }

  /** `item` as it is now; as it was when it has gone. */
  fresh(item: Item): Item {
    return this.#live.get(item.object.metadata.uid) ?? item;
  }

  /** The objects of which `test` is true. */
  filter(test: (item: Item) => boolean): Item[] {
    return [...this.#live.values()].filter(test);
  }

  /** Objects that name the one with this UID as an owner, be it there or not. */
  dependentsOf(uid: string): readonly Item[] {
    return [...this.#dependents.get(uid)?.values() ?? []];
  }

  /** Whether any object names the one with this UID as an owner. */
  hasDependents(uid: string): boolean {
    return this.#dependents.has(uid);
  }

  /** Notes an object as it is now. */
  learn(item: Item): void {
    const { uid } = item.object.metadata;
    this.#live.set(uid, item);
    for (const owner of ownersOf(item.object)) {
      const dependents = this.#dependents.get(owner) ?? new Map<string, Item>();
      this.#dependents.set(owner, dependents.set(uid, item));
    }
  }

  /** Forgets an object as it was. */
  forget(object: ApiObject): void {
    const { uid } = object.metadata;
    this.#live.delete(uid);
    for (const owner of ownersOf(object)) {
      const dependents = this.#dependents.get(owner);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner);
    }
  }
}

/** UIDs of the owners that an object names. */
export function ownersOf(object: ApiObject): string[] {
  return arrayOr(object.metadata.ownerReferences).flatMap((owner) => {
    const uid = isObject(owner) ? stringOf(owner.uid) : undefined;
    return uid === undefined ? [] : [uid];
  });
}
