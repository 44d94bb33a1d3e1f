import { AddressSet } from "../../net/ip/set.ts";
import type { PoolView } from "./pool_view.ts";

/** Released addresses that one pool's memory keeps; older ones are free like any other. */
export const MAX_REMEMBERED = 1024;

/** Addresses that were released lately, to be handed out last. */
export interface RecentlyReleased {
  readonly addresses: AddressSet;
  /** Their values, the longest free first. */
  oldestFirst(): Iterable<bigint>;
}

/**
 * What became free in one pool, as far as this process saw it: by its own writes, and between two of its reads. A hint:
 * a neighbor that still has the old owner in its cache is spared, and nothing depends on it.
 */
export class RecentReleases implements RecentlyReleased {
  /** Insertion order is order of release. */
  readonly #values = new Set<bigint>();
  #addresses: AddressSet = AddressSet.empty(4);
  /** The pool when it was last looked at. */
  #seen: { readonly uid: string; readonly used: AddressSet } | undefined;

  get addresses(): AddressSet {
    return this.#addresses;
  }

  oldestFirst(): Iterable<bigint> {
    return this.#values;
  }

  /** Looks at a newer state of the pool: what is not recorded any more was released since the last one. */
  see({ uid, shape: { family }, records }: PoolView): void {
    const used = records.used(family);
    const before = this.#seen;
    this.#seen = { uid, used };
    if (before?.uid !== uid || before.used.family !== family) return this.#reset(family);
    if (before.used === used) return;
    this.#forget(this.#addresses.intersection(used));
    this.#remember(before.used.difference(used));
  }

  #reset(family: AddressSet["family"]): void {
    this.#values.clear();
    this.#addresses = AddressSet.empty(family);
  }

  #forget(taken: AddressSet): void {
    for (const value of taken.values()) this.#values.delete(value);
    this.#addresses = this.#addresses.difference(taken);
  }

  #remember(released: AddressSet): void {
    let left = MAX_REMEMBERED;
    for (const value of released.values()) {
      if (left-- === 0) break;
      this.#values.add(value);
    }
    const isWhole = left >= 0 && this.#values.size <= MAX_REMEMBERED;
    for (const value of this.#values) {
      if (this.#values.size <= MAX_REMEMBERED) break;
      this.#values.delete(value);
    }
    const { family } = this.#addresses;
    this.#addresses = isWhole ? this.#addresses.union(released) : AddressSet.ofValues(family, this.#values);
  }
}
