import { durationRows } from "./duration_rows.ts";
import { counter } from "./metric_row.ts";

/** A counter that upstream has. */
function known(name: string, help: string) {
  return counter({ name: `spiderpool_ipam_${name}_total`, help, upstream: true });
}

/** A counter of this project's own. */
function own(name: string, help: string) {
  return counter({ name: `spiderpool_ipam_${name}_total`, help });
}

/** ADDs; names as upstream documents them (spec/operations.md §1.3). */
export const allocationRows = {
  counts: known("allocation_counts", "Requests for addresses that could be read"),
  failures: known("allocation_failure_counts", "Requests for addresses that ended with an error"),
  conflicts: known(
    "allocation_update_ippool_conflict_counts",
    "Writes of an IPPool with claims that somebody else's write came before",
  ),
  internal: known("allocation_err_internal_counts", "Failed requests for addresses of no other class"),
  noAvailablePool: known("allocation_err_no_available_pool_counts", "Requests for which no IPPool was left"),
  retriesExhausted: known("allocation_err_retries_exhausted_counts", "Requests for addresses not done in time"),
  ipUsedOut: known("allocation_err_ip_used_out_counts", "Requests for which an IPPool was fit, but had nothing free"),
  wrongInput: own("allocation_err_wrong_input_counts", "Requests refused for an annotation or a configuration"),
  cancelled: own("allocation_err_cancelled_counts", "Requests whose caller hung up, or whose Pod was deleted"),
} as const;

/** DELs and batch releases. */
export const releaseRows = {
  counts: known("release_counts", "Requests to release addresses that could be read"),
  failures: known("release_failure_counts", "Requests to release addresses that ended with an error"),
  conflicts: known(
    "release_update_ippool_conflict_counts",
    "Writes of an IPPool with releases that somebody else's write came before",
  ),
  internal: known("release_err_internal_counts", "Failed releases that were not merely late"),
  retriesExhausted: known("release_err_retries_exhausted_counts", "Releases not done in time"),
} as const;

/** How long requests took and waited. */
export const timeRows = {
  allocation: durationRows("allocation", "duration"),
  allocationWait: durationRows("allocation", "limit_duration"),
  release: durationRows("release", "duration"),
  releaseWait: durationRows("release", "limit_duration"),
} as const;

/** Shown with `SPIDERPOOL_ENABLED_DEBUG_METRIC` only. */
export const debugRows = {
  autoPoolWaited: counter({
    name: "spiderpool_debug_auto_pool_waited_for_available_counts_total",
    help: "Times that a request for addresses waited for an auto-created IPPool",
    scope: "debug",
    upstream: true,
  }),
} as const;
