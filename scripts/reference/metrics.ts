import type { MetricRow } from "../../agent/metrics/metric_row.ts";
import { metricGroups } from "../../agent/metrics/rows.ts";
import { code, markdownPage, markdownTable } from "./markdown.ts";

/** `docs/reference/metrics.md`: metrics of the agent. */
export function metricsPage(): string {
  return markdownPage("agent/metrics/rows.ts", [
    "# Metrics of spiderpool-agent",
    "There are metrics when `SPIDERPOOL_ENABLED_METRIC` is `true`: on port `SPIDERPOOL_METRIC_HTTP_PORT` (5711) of every " +
    "address of the node, by plain HTTP, on every path. `spiderpool-agent metric` prints those of its node. What to do " +
    "with them is in [docs/monitoring](../monitoring/README.md).",
    "Each series but those of the process also has `otel_scope_name` and `otel_scope_version`, as upstream's have. All " +
    "values begin anew when the agent does. Metrics of the group Debug need `SPIDERPOOL_ENABLED_DEBUG_METRIC`, too.",
    "The last column is the name in upstream's v1.1.1 to v1.2; with `SPIDERPOOL_ENABLED_FORMER_METRIC_NAMES` set to " +
    "`true` the metric is shown under both. No former name means that upstream does not have it.",
    ...metricGroups.flatMap(({ title, rows }) => [`## ${title}`, tableOf(rows)]),
    "## Bounds of histograms",
    ...boundsOf(metricGroups.flatMap(({ rows }) => rows)),
  ]);
}

function tableOf(rows: readonly MetricRow[]): string {
  return markdownTable(
    ["metric", "type", "labels", "meaning", "former name"],
    rows.map(({ name, kind, labels, help, former }) => [
      code(name),
      kind,
      labels.map(code).join(", "),
      help,
      code(former ?? ""),
    ]),
  );
}

/** Histograms with the same bounds are named together. */
function boundsOf(rows: readonly MetricRow[]): string[] {
  const histograms = Map.groupBy(rows.filter(({ kind }) => kind === "histogram"), ({ buckets }) => buckets.join(", "));
  return [...histograms].map(([bounds, same]) => `${bounds}: ${same.map(({ name }) => code(name)).join(", ")}.`);
}
