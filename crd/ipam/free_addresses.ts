import { tryParseAddress } from "../../net/ip/address.ts";
import type { AddressRange } from "../../net/ip/range.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import { chooseAddress } from "./choose.ts";
import type { RecentlyReleased } from "./recent_releases.ts";

/** What {@linkcode FreeAddresses} is made of. */
export interface FreeAddressesOptions {
  /** `spec.ips` in stored order. */
  readonly ranges: readonly AddressRange[];
  /** Released before this batch, as far as is remembered. */
  readonly recent: RecentlyReleased | undefined;
  /** Released by this batch itself. */
  readonly justReleased: AddressSet;
}

/**
 * What one batch may hand out: the lowest address of what has been free for long, else the one that has been free
 * longest. So a released address comes back as late as possible, but never makes a claim fail.
 */
export class FreeAddresses {
  readonly #options: FreeAddressesOptions;
  #longFree: AddressSet;
  #lately: AddressSet;
  /** Values of `#lately` as they were at first, the longest free first, and how many of the first are gone. */
  #order: readonly bigint[] | undefined;
  #gone = 0;

  /** @param free everything that is neither recorded, excluded nor reserved */
  constructor(free: AddressSet, options: FreeAddressesOptions) {
    this.#options = options;
    const { recent, justReleased } = options;
    const known = recent !== undefined && recent.addresses.size > 0n
      ? recent.addresses.union(justReleased)
      : justReleased;
    this.#lately = known.size > 0n ? free.intersection(known) : known;
    this.#longFree = this.#lately.size > 0n ? free.difference(this.#lately) : free;
  }

  /**
   * The value to hand out next, or `undefined` when there is none.
   *
   * @param wanted taken if it is free
   * @param except canonical addresses that are not to be chosen
   */
  choose(
    { wanted, except }: { readonly wanted: bigint | undefined; readonly except: readonly string[] },
  ): bigint | undefined {
    const longFree = without(this.#longFree, except);
    const lately = without(this.#lately, except);
    if (wanted !== undefined && (longFree.has(wanted) || lately.has(wanted))) return wanted;
    return chooseAddress(this.#options.ranges, longFree) ?? this.#longestFreeOf(lately);
  }

  /** `value` is taken from now on. */
  take(value: bigint): void {
    this.#longFree = this.#longFree.without(value);
    this.#lately = this.#lately.without(value);
  }

  #longestFreeOf(lately: AddressSet): bigint | undefined {
    if (lately.size === 0n) return undefined;
    const { recent, justReleased } = this.#options;
    this.#order ??= [...recent?.oldestFirst() ?? [], ...justReleased.values()];
    while (this.#gone < this.#order.length && !this.#lately.has(this.#order[this.#gone]!)) this.#gone++;
    for (let i = this.#gone; i < this.#order.length; i++) {
      if (lately.has(this.#order[i]!)) return this.#order[i];
    }
    return undefined;
  }
}

function without(set: AddressSet, texts: readonly string[]): AddressSet {
  return texts.reduce((rest, text) => {
    const address = tryParseAddress(text);
    return address?.family === rest.family ? rest.without(address.value) : rest;
  }, set);
}
