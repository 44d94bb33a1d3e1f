/** Consecutive numbers, both ends included; `first` ≤ `last`. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Intervals in ascending order that neither overlap nor touch: the one way to write a set. */
export type Intervals = readonly Interval[];

/** Orders intervals for `sort` by their first number. */
export function compareIntervals(a: Interval, b: Interval): number {
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

/** Joins what overlaps or touches, in O(n). `sorted` is in the order of {@linkcode compareIntervals}. */
export function coalesce(sorted: Iterable<Interval>): Interval[] {
  const joined: Interval[] = [];
  let open: Interval | undefined;
  for (const next of sorted) {
    if (open === undefined || next.first > open.last + 1n) {
      if (open !== undefined) joined.push(open);
      open = next;
    } else if (next.last > open.last) {
      open = { first: open.first, last: next.last };
    }
  }
  if (open !== undefined) joined.push(open);
  return joined;
}

/** Both lists as one sorted list, not yet joined, in O(n + m). */
export function* mergeSorted(a: Intervals, b: Intervals): Generator<Interval> {
  let j = 0;
  for (const interval of a) {
    for (let other = b[j]; other !== undefined && other.first < interval.first; other = b[++j]) yield other;
    yield interval;
  }
  yield* b.slice(j);
}

/** Numbers in `a` and not in `b`, in O(n + m). */
export function subtract(a: Intervals, b: Intervals): Interval[] {
  const kept: Interval[] = [];
  let j = 0;
  for (const interval of a) {
    let first = interval.first;
    for (let hole = b[j]; hole !== undefined && hole.first <= interval.last; hole = b[++j]) {
      if (hole.first > first) kept.push({ first, last: hole.first - 1n });
      if (hole.last >= first) first = hole.last + 1n;
      // This hole may reach into the next interval too: do not step over it.
      if (hole.last > interval.last) break;
    }
    if (first === interval.first) kept.push(interval);
    else if (first <= interval.last) kept.push({ first, last: interval.last });
  }
  return kept;
}

/** Numbers in both, in O(n + m). */
export function intersect(a: Intervals, b: Intervals): Interval[] {
  const common: Interval[] = [];
  let [i, j] = [0, 0];
  for (let left = a[i], right = b[j]; left !== undefined && right !== undefined; left = a[i], right = b[j]) {
    const first = left.first > right.first ? left.first : right.first;
    const last = left.last < right.last ? left.last : right.last;
    if (first <= last) common.push({ first, last });
    if (left.last < right.last) i++;
    else j++;
  }
  return common;
}

/** Index of the first interval that ends at or after `value`, or the length of the list. O(log n). */
export function indexAt(intervals: Intervals, value: bigint): number {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const interval = intervals[middle];
    if (interval !== undefined && interval.last < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many numbers `intervals` holds. */
export function countOf(intervals: Intervals): bigint {
  let count = 0n;
  for (const { first, last } of intervals) count += last - first + 1n;
  return count;
}
