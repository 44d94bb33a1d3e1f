import type { MetricRow, MetricRows } from "./metric_row.ts";
import { peerRows } from "./peer_rows.ts";
import { infoRows, processRows } from "./process_rows.ts";
import { allocationRows, debugRows, releaseRows, timeRows } from "./request_rows.ts";
import { clusterRows, commitRows, ipamRows, nodeRows, poolRows, serverRows } from "./state_rows.ts";

/** Metrics that one page of the reference lists together. */
export interface MetricGroup {
  readonly title: string;
  readonly rows: readonly MetricRow[];
}

/** Every metric of the agent. */
export const metricGroups: readonly MetricGroup[] = [
  groupOf("Requests for addresses", allocationRows, timeRows.allocation, timeRows.allocationWait),
  groupOf("Requests to release addresses", releaseRows, timeRows.release, timeRows.releaseWait),
  groupOf("IPAM now", ipamRows),
  groupOf("IPPools", poolRows, commitRows),
  groupOf("Other agents", peerRows),
  groupOf("API server", clusterRows),
  groupOf("Servers of the agent", serverRows),
  groupOf("Node", nodeRows),
  groupOf("Process", infoRows, processRows),
  groupOf("Debug", debugRows),
];

/** The rows of all {@linkcode metricGroups}. */
export const allRows: readonly MetricRow[] = metricGroups.flatMap(({ rows }) => rows);

/** Names of the series of `row`: a histogram has three kinds. */
export function seriesNames({ kind, name }: Pick<MetricRow, "kind" | "name">): readonly string[] {
  return kind === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => `${name}${suffix}`) : [name];
}

function groupOf(title: string, ...tables: readonly MetricRows[]): MetricGroup {
  return { title, rows: tables.flatMap((rows) => Object.values(rows)) };
}
