import { type Family, lastValueOf } from "./address.ts";
import {
  coalesce,
  compareIntervals,
  countOf,
  indexAt,
  intersect,
  type Interval,
  type Intervals,
  mergeSorted,
  subtract,
} from "./intervals.ts";
import type { AddressRange } from "./range.ts";

export type { Interval } from "./intervals.ts";

/**
 * An immutable set of addresses of one family, kept as sorted, disjoint, coalesced intervals. What an operation costs
 * depends on the number of intervals (n, m), never on the number of addresses: a /8 costs what a /32 costs.
 *
 * @example
 * ```ts
 * let free = AddressSet.of(4, [parseRange("10.0.0.10-10.0.0.19")]);
 * const address = free.nextAtOrAfter(0n); // 10.0.0.10
 * if (address !== undefined) free = free.without(address);
 * ```
 */
export class AddressSet {
  /** Ascending; no two overlap or touch, so equal sets have equal lists. */
  readonly intervals: readonly Interval[];

  private constructor(
    readonly family: Family,
    intervals: Intervals,
    /** Number of addresses, up to 2^32 or 2^128. */
    readonly size: bigint = countOf(intervals),
  ) {
    this.intervals = intervals;
  }

  /** The set without addresses. */
  static empty(family: Family): AddressSet {
    return new AddressSet(family, []);
  }

  /**
   * The addresses in any of `intervals`, which may overlap and come in any order. O(n log n).
   *
   * @throws {RangeError} if an interval is reversed, not inside the family, or a range of the other family
   */
  static of(family: Family, intervals: Iterable<Interval & { readonly family?: Family }>): AddressSet {
    const sorted = Array.from(intervals, (interval) => checkedInterval(family, interval)).sort(compareIntervals);
    return new AddressSet(family, coalesce(sorted));
  }

  /**
   * The addresses with these values, duplicates allowed, in any order. O(n log n).
   *
   * @throws {RangeError} if a value is not inside the family
   */
  static ofValues(family: Family, values: Iterable<bigint>): AddressSet {
    return AddressSet.of(family, Array.from(values, (value) => ({ first: value, last: value })));
  }

  /** Tells whether the address is a member. O(log n). */
  has(value: bigint): boolean {
    const interval = this.intervals[indexAt(this.intervals, value)];
    return interval !== undefined && interval.first <= value;
  }

  /** First member at or after `value`, or `undefined` when there is none. O(log n). */
  nextAtOrAfter(value: bigint): bigint | undefined {
    const interval = this.intervals[indexAt(this.intervals, value)];
    if (interval === undefined) return undefined;
    return interval.first > value ? interval.first : value;
  }

  /**
   * First value at or after `value` that is not a member. O(log n).
   *
   * @returns one more than the last address of the family when all up to there are members
   */
  nextMissing(value: bigint): bigint {
    const interval = this.intervals[indexAt(this.intervals, value)];
    return interval !== undefined && interval.first <= value ? interval.last + 1n : value;
  }

  /**
   * The set with one more address; the same object if it is already a member. O(n), a plain copy of the list.
   *
   * @throws {RangeError} if `value` is not inside the family
   */
  with(value: bigint): AddressSet {
    const at = indexAt(this.intervals, value);
    const [before, after] = [this.intervals[at - 1], this.intervals[at]];
    if (after !== undefined && after.first <= value) return this;
    checkedInterval(this.family, { first: value, last: value });
    const joinsBefore = before?.last === value - 1n;
    const joinsAfter = after?.first === value + 1n;
    const joined = { first: joinsBefore ? before.first : value, last: joinsAfter ? after.last : value };
    const start = joinsBefore ? at - 1 : at;
    const replaced = Number(joinsBefore) + Number(joinsAfter);
    return new AddressSet(this.family, this.intervals.toSpliced(start, replaced, joined), this.size + 1n);
  }

  /** The set with one address less; the same object if it is not a member. O(n), a plain copy of the list. */
  without(value: bigint): AddressSet {
    const at = indexAt(this.intervals, value);
    const hit = this.intervals[at];
    if (hit === undefined || hit.first > value) return this;
    const rest = subtract([hit], [{ first: value, last: value }]);
    return new AddressSet(this.family, this.intervals.toSpliced(at, 1, ...rest), this.size - 1n);
  }

  /**
   * Addresses in either set. O(n + m).
   *
   * @throws {TypeError} if the families differ
   */
  union(other: AddressSet): AddressSet {
    this.#checkFamily("unite", other);
    return new AddressSet(this.family, coalesce(mergeSorted(this.intervals, other.intervals)));
  }

  /**
   * Addresses in this set and not in `other`. O(n + m).
   *
   * @throws {TypeError} if the families differ
   */
  difference(other: AddressSet): AddressSet {
    this.#checkFamily("subtract", other);
    return new AddressSet(this.family, subtract(this.intervals, other.intervals));
  }

  /**
   * Addresses in both sets. O(n + m).
   *
   * @throws {TypeError} if the families differ
   */
  intersection(other: AddressSet): AddressSet {
    this.#checkFamily("intersect", other);
    return new AddressSet(this.family, intersect(this.intervals, other.intervals));
  }

  /** Tells whether both sets have the same family and members. O(n). */
  equals(other: AddressSet): boolean {
    if (this.family !== other.family || this.intervals.length !== other.intervals.length) return false;
    return this.intervals.every(({ first, last }, i) =>
      other.intervals[i]?.first === first && other.intervals[i]?.last === last
    );
  }

  /** The intervals as ranges, ascending: the canonical form of a list of ranges. */
  ranges(): AddressRange[] {
    return this.intervals.map(({ first, last }) => ({ family: this.family, first, last }));
  }

  /** The members, ascending, made one by one: stop early, a set may have 2^128 of them. */
  *values(): Generator<bigint> {
    for (const { first, last } of this.intervals) {
      for (let value = first; value <= last; value++) yield value;
    }
  }

  #checkFamily(verb: string, other: AddressSet): void {
    if (other.family !== this.family) {
      throw new TypeError(`Cannot ${verb} address sets: one is IPv${this.family}, the other IPv${other.family}`);
    }
  }
}

function checkedInterval(family: Family, interval: Interval & { readonly family?: Family }): Interval {
  const { first, last } = interval;
  if (first < 0n || last < first || last > lastValueOf(family) || (interval.family ?? family) !== family) {
    throw new RangeError(
      `Cannot put ${first}-${last} into a set of IPv${family} addresses: not a range of that family`,
    );
  }
  return { first, last };
}
