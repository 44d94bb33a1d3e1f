import { IpamError, type IpamErrorCode } from "../../crd/ipam/errors.ts";
import { DeadlineError } from "../../crd/ipam/requests.ts";
import { CancelledByDelError } from "../ipam/running_adds.ts";
import type { allocationRows } from "./request_rows.ts";

/** What kind of failure an ADD or DEL ended with: a counter of {@linkcode allocationRows}. */
export type FailureClass = Exclude<keyof typeof allocationRows, "counts" | "failures" | "conflicts">;

/** Causes of causes that are looked at. */
const MAX_DEPTH = 8;

/** Classes of upstream (spec/operations.md §1.3), and two of this project's own. */
const classes: Readonly<Record<IpamErrorCode, FailureClass>> = {
  "wrong-input": "wrongInput",
  "auto-pool-unusable": "wrongInput",
  "namespace-annotation": "wrongInput",
  "no-ippool-available": "noAvailablePool",
  "pool-not-found": "noAvailablePool",
  "auto-pool-missing": "noAvailablePool",
  "ip-used-out": "ipUsedOut",
  "retries-exhausted": "retriesExhausted",
  "dead-pod": "internal",
  "pod-not-found": "internal",
  "pod-uid-mismatch": "internal",
  "owner-not-found": "internal",
  "data-broken": "internal",
  "internal": "internal",
};

/**
 * Classes of a failure, by the error and its causes: each is counted. Nobody waits for what was cancelled, so that says
 * nothing about pools.
 *
 * @param options `isCancelled`: whether the caller had gone when it ended
 */
export function failureClasses(err: unknown, { isCancelled }: { readonly isCancelled: boolean }): Set<FailureClass> {
  if (isCancelled || err instanceof CancelledByDelError) return new Set(["cancelled"]);
  const found = new Set<FailureClass>();
  for (let depth = 0, cause = err; cause instanceof Error && depth < MAX_DEPTH; depth++, cause = cause.cause) {
    const known = classOf(cause);
    if (known !== "internal") found.add(known);
  }
  return found.size > 0 ? found : new Set(["internal"]);
}

function classOf(err: Error): FailureClass {
  if (err instanceof DeadlineError) return "retriesExhausted";
  return err instanceof IpamError ? classes[err.code] : "internal";
}
