import type { RequestCount } from "../../crd/kube/counting.ts";

/** Requests by verb and resource, such as `update spiderippools/status`. */
export type Counts = ReadonlyMap<string, RequestCount>;

const POOL_PUT = "update spiderippools/status";

/** What one phase cost the API server, per operation. */
export interface Cost {
  readonly requestsPerOp: number;
  /** Bytes of request bodies. */
  readonly bytesWrittenPerOp: number;
  /** Bytes of answers, as far as they are counted. */
  readonly bytesReadPerOp: number;
  readonly poolPutsPerOp: number;
  /** Pool PUTs that were refused: nothing but 409 refuses them here. */
  readonly conflictsPerOp: number;
  /** Requests per operation by verb and resource, most frequent first. */
  readonly byOperation: Readonly<Record<string, number>>;
}

/** Adds up the counts of several transports. */
export function sumCounts(all: readonly Counts[]): Counts {
  const sum = new Map<string, RequestCount>();
  for (const [operation, count] of all.flatMap((counts) => [...counts])) {
    const known = sum.get(operation);
    sum.set(operation, known === undefined ? count : plus(known, count));
  }
  return sum;
}

/** Writes of the status of pools, refused ones included. */
export function poolPutsOf(counts: Counts): number {
  return counts.get(POOL_PUT)?.requests ?? 0;
}

/** Breaks counts down to one operation. Watches are left out: they last longer than an operation. */
export function costOf(counts: Counts, operations: number): Cost {
  const short = [...counts].filter(([operation]) => !operation.startsWith("watch "));
  const total = (pick: (count: RequestCount) => number) =>
    short.reduce((sum, [, count]) => sum + pick(count), 0) / operations;
  const byOperation = short.map(([operation, { requests }]) => [operation, requests / operations] as const)
    .sort(([, a], [, b]) => b - a);
  return {
    requestsPerOp: total(({ requests }) => requests),
    bytesWrittenPerOp: total(({ bytesOut }) => bytesOut),
    bytesReadPerOp: total(({ bytesIn }) => bytesIn),
    poolPutsPerOp: poolPutsOf(counts) / operations,
    conflictsPerOp: (counts.get(POOL_PUT)?.refused ?? 0) / operations,
    byOperation: Object.fromEntries(byOperation),
  };
}

function plus(a: RequestCount, b: RequestCount): RequestCount {
  return {
    requests: a.requests + b.requests,
    refused: a.refused + b.refused,
    failed: a.failed + b.failed,
    bytesOut: a.bytesOut + b.bytesOut,
    bytesIn: a.bytesIn + b.bytesIn,
  };
}
