import { isConflict, isOutcomeUnknown } from "../kube/errors.ts";
import type { PoolRequest } from "./requests.ts";

/** What came of one write: `unknown` where no answer arrived, or none that can be used. */
export type WriteOutcome = "done" | "conflict" | "refused" | "unknown";

/** One write of a pool's records. */
export interface PoolWrite {
  readonly pool: string;
  /** Those that it carried; none when it only gave the records their spelling again. */
  readonly requests: readonly PoolRequest[];
  readonly outcome: WriteOutcome;
}

/** Told what writers do; must not throw. Absent where nobody counts. */
export interface PoolObserver {
  /** A request waits for its pool's next write. */
  queued(request: PoolRequest): void;
  /** Requests are worked on now; those of a write that failed come again. */
  taken(requests: readonly PoolRequest[]): void;
  /** A write was answered, or given up. */
  wrote(write: PoolWrite): void;
}

/** What a write came to that ended with `err`. */
export function writeOutcomeOf(err: unknown): WriteOutcome {
  if (isConflict(err)) return "conflict";
  return isOutcomeUnknown(err) ? "unknown" : "refused";
}
