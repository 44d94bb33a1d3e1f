/** What a list of measurements comes to. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest sample that at least the share `q` of all samples does not exceed (nearest rank).
 *
 * @param q share, over 0 and up to 1
 * @returns `NaN` without samples
 * @throws {RangeError} if `q` is no such share
 */
export function quantile(samples: readonly number[], q: number): number {
  if (!(q > 0 && q <= 1)) throw new RangeError(`Cannot take quantile ${q}: it must be over 0 and at most 1`);
  return rank(ascending(samples), q);
}

/** The middle sample; of an even number the mean of the middle two. `NaN` without samples. */
export function median(samples: readonly number[]): number {
  const sorted = ascending(samples);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

/** Count, mean, median, 99th percentile and maximum; all but the count are `NaN` without samples. */
export function summaryOf(samples: readonly number[]): Summary {
  const sorted = ascending(samples);
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length,
    p50: rank(sorted, 0.5),
    p99: rank(sorted, 0.99),
    max: sorted.at(-1) ?? NaN,
  };
}

function ascending(samples: readonly number[]): number[] {
  return [...samples].sort((a, b) => a - b);
}

function rank(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
