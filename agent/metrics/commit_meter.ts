import type { PoolObserver } from "../../crd/ipam/pool_observer.ts";
import type { PoolRequest } from "../../crd/ipam/requests.ts";
import type { Monotonic } from "../peer/mod.ts";
import type { DurationMeter } from "./duration_meter.ts";
import type { Counter, InstrumentsOf } from "./instruments.ts";
import type { commitRows } from "./state_rows.ts";

/** What {@linkcode commitMeter} counts with. */
export interface CommitMeters extends InstrumentsOf<typeof commitRows> {
  readonly allocationConflicts: Counter;
  readonly allocationWait: DurationMeter;
  readonly releaseConflicts: Counter;
  readonly releaseWait: DurationMeter;
  readonly monotonic: Monotonic;
}

/** Counts the writes of pools, and times how long requests wait for them. One write may carry claims and releases. */
export function commitMeter(meters: CommitMeters): PoolObserver {
  const { allocationConflicts, allocationWait, releaseConflicts, releaseWait, monotonic } = meters;
  const queuedMs = new WeakMap<PoolRequest, number>();
  return {
    queued: (request) => void queuedMs.set(request, monotonic()),
    taken(requests) {
      const nowMs = monotonic();
      for (const request of requests) {
        const sinceMs = queuedMs.get(request);
        if (sinceMs === undefined) continue; // it has been taken before
        queuedMs.delete(request);
        if (request.kind !== "quarantine") {
          (request.kind === "claim" ? allocationWait : releaseWait).observe((nowMs - sinceMs) / 1000);
        }
      }
    },
    wrote({ requests, outcome }) {
      meters.commits.add({ outcome });
      const claims = requests.filter(({ kind }) => kind === "claim").length;
      if (outcome === "done") meters.claims.observe({}, claims);
      if (outcome !== "conflict") return;
      if (claims > 0) allocationConflicts.add({});
      if (requests.some(({ kind }) => kind === "release")) releaseConflicts.add({});
    },
  };
}
