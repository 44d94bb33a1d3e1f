import assert from "node:assert/strict";
import { formerNameOf, type MetricKind, secondsBuckets } from "./metric_row.ts";
import { allRows } from "./rows.ts";
import { operationsRows } from "../../tests/rows/operations.ts";
import { rowId } from "../../tests/rows/row_id.ts";

/** spec/operations.md §1.3: documented name, what v1.2 shows, type; without `spiderpool_` and `_total`. */
const documented: readonly (readonly [string, string, MetricKind])[] = [
  ["ipam_allocation_counts", "ipamAllocationCountsName", "counter"],
  ["ipam_allocation_failure_counts", "ipamAllocationFailureCountsName", "counter"],
  ["ipam_allocation_update_ippool_conflict_counts", "ipamAllocationUpdateIPPoolConflictCountsName", "counter"],
  ["ipam_allocation_err_internal_counts", "ipamAllocationErrInternalCountsName", "counter"],
  ["ipam_allocation_err_no_available_pool_counts", "ipamAllocationErrNoAvailablePoolCountsName", "counter"],
  ["ipam_allocation_err_retries_exhausted_counts", "ipamAllocationErrRetriesExhaustedCountsName", "counter"],
  ["ipam_allocation_err_ip_used_out_counts", "ipamAllocationErrIPUsedOutCountsName", "counter"],
  ["ipam_allocation_average_duration_seconds", "ipamAllocationAverageDurationSecondsName", "gauge"],
  ["ipam_allocation_max_duration_seconds", "ipamAllocationMaxDurationSecondsName", "gauge"],
  ["ipam_allocation_min_duration_seconds", "ipamAllocationMinDurationSecondsName", "gauge"],
  ["ipam_allocation_latest_duration_seconds", "ipamAllocationLatestDurationSecondsName", "gauge"],
  ["ipam_allocation_duration_seconds", "ipamAllocationDurationSecondsName", "histogram"],
  ["ipam_allocation_average_limit_duration_seconds", "ipamAllocationAverageLimitDurationSecondsName", "gauge"],
  ["ipam_allocation_max_limit_duration_seconds", "ipamAllocationMaxLimitDurationSecondsName", "gauge"],
  ["ipam_allocation_min_limit_duration_seconds", "ipamAllocationMinLimitDurationSecondsName", "gauge"],
  ["ipam_allocation_latest_limit_duration_seconds", "ipamAllocationLatestLimitDurationSecondsName", "gauge"],
  ["ipam_allocation_limit_duration_seconds", "ipamAllocationLimitDurationSecondsName", "histogram"],
  ["ipam_release_counts", "ipamReleaseCountsName", "counter"],
  ["ipam_release_failure_counts", "ipamReleaseFailureCountsName", "counter"],
  ["ipam_release_update_ippool_conflict_counts", "ipamReleaseUpdateIPPoolConflictCountsName", "counter"],
  ["ipam_release_err_internal_counts", "ipamReleaseErrInternalCountsName", "counter"],
  ["ipam_release_err_retries_exhausted_counts", "ipamReleaseErrRetriesExhaustedCountsName", "counter"],
  ["ipam_release_average_duration_seconds", "ipamReleaseAverageDurationSecondsName", "gauge"],
  ["ipam_release_max_duration_seconds", "ipamReleaseMaxDurationSecondsName", "gauge"],
  ["ipam_release_min_duration_seconds", "ipamReleaseMinDurationSecondsName", "gauge"],
  ["ipam_release_latest_duration_seconds", "ipamReleaseLatestDurationSecondsName", "gauge"],
  ["ipam_release_duration_seconds", "ipamReleaseDurationSecondsName", "histogram"],
  ["ipam_release_average_limit_duration_seconds", "ipamReleaseAverageLimitDurationSecondsName", "gauge"],
  ["ipam_release_max_limit_duration_seconds", "ipamReleaseMaxLimitDurationSecondsName", "gauge"],
  ["ipam_release_min_limit_duration_seconds", "ipamReleaseMinLimitDurationSecondsName", "gauge"],
  ["ipam_release_latest_limit_duration_seconds", "ipamReleaseLatestLimitDurationSecondsName", "gauge"],
  ["ipam_release_limit_duration_seconds", "ipamReleaseLimitDurationSecondsName", "histogram"],
  ["debug_auto_pool_waited_for_available_counts", "debug_autoPoolWaitedForAvailableCountsName", "counter"],
];

/** Rows of spec/agent.md 12, each of which is about several metrics; the first that fits counts. */
const agentPlaces: readonly (readonly [row: string, of: RegExp])[] = [
  ["12.1", /^ipam_allocation_counts$/],
  ["12.2", /^ipam_allocation_failure_counts$/],
  ["12.3", /^ipam_allocation_update_ippool_conflict_counts$/],
  ["12.4", /^ipam_allocation_err_/],
  ["12.6", /^ipam_allocation_.*limit_duration_seconds$/],
  ["12.5", /^ipam_allocation_.*duration_seconds$/],
  ["12.7", /^ipam_release_/],
  ["12.8", /^debug_auto_pool_/],
];

/** What the name of a test of a documented metric begins with. */
function placesOf(name: string): string {
  const own = agentPlaces.find(([, of]) => of.test(name))?.[0];
  return `agent row ${own}, operations row ${rowId(operationsRows, { section: "1.3", word: name })}`;
}

for (const [name, former, kind] of documented) {
  const suffix = kind === "counter" ? "_total" : "";
  Deno.test(`${placesOf(name)}: ${name} is a ${kind} and has its former name`, () => {
    const row = allRows.find((candidate) => candidate.name === `spiderpool_${name}${suffix}`);
    assert.equal(row?.kind, kind);
    assert.equal(row?.former, `spiderpool_${former}${suffix}`);
    assert.deepEqual(row?.labels, []);
  });
}

Deno.test("operations 1.2: nothing else has a former name", () => {
  const named = allRows.filter(({ former }) => former !== undefined);
  assert.equal(named.length, documented.length);
});

for (
  const [name, want] of [
    ["spiderpool_total_ippool_counts", "spiderpool_totalIPPoolCountsName"],
    ["spiderpool_ipam_release_counts_total", "spiderpool_ipamReleaseCountsName_total"],
    ["spiderpool_debug_odd_ip_counts", "spiderpool_debug_oddIPCountsName"],
  ] as const
) {
  Deno.test(`operations 1.2: formerNameOf() makes ${want}`, () => assert.equal(formerNameOf(name), want));
}

Deno.test("operations row 1.1.5: histograms of requests have upstream's bounds, and finer ones below", () => {
  const upstream = [0.1, 0.3, 0.5, 1, 3, 5, 7, 10, 15];
  assert.deepEqual(secondsBuckets.filter((bound) => bound >= 0.1), upstream);
  for (const bound of [0.005, 0.05]) assert.ok(secondsBuckets.includes(bound), String(bound));
  for (const { kind, former, buckets } of allRows) {
    if (kind === "histogram" && former !== undefined) assert.deepEqual(buckets, secondsBuckets);
  }
});

Deno.test("operations row 1.1.4: every metric has one name, a help text, and a suffix that fits its kind", () => {
  const names = allRows.flatMap(({ name, former }) => former === undefined ? [name] : [name, former]);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { name, help, kind, buckets } of allRows) {
    assert.match(name, /^[a-z][a-z0-9_]*$/);
    assert.equal(name.endsWith("_total"), kind === "counter", name);
    assert.match(help, /^[A-Z0-9].*[^.]$/, name);
    assert.deepEqual(buckets, buckets.toSorted((a, b) => a - b), name);
  }
});
