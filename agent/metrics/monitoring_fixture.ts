/** Reads `docs/monitoring/` for its tests. */
import { parse } from "yaml";
import { allRows, seriesNames } from "./rows.ts";

/** Folder of the alerts and the dashboard. */
export const monitoringFolder = new URL("../../docs/monitoring/", import.meta.url);

/** A query, and where it stands. */
export interface Query {
  readonly place: string;
  readonly expr: string;
  /** Text with the labels of a result in it, such as `{{instance}}`. */
  readonly legend: string;
}

/** A series that a query names, with the labels that it matches. */
export interface NamedSeries {
  readonly name: string;
  readonly labels: readonly string[];
}

/** One alert. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

/** What is tested of one file of scenarios. */
export interface Scenario {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

/** Text of one file. */
export function readMonitoring(name: string): string {
  return Deno.readTextFileSync(new URL(name, monitoringFolder));
}

/** Every alert of the rules. */
export function readAlerts(): Alert[] {
  const { groups } = parse(readMonitoring("spiderpool-rules.yaml")) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Every scenario of the rules' tests. */
export function readScenarios(): Scenario[] {
  return (parse(readMonitoring("spiderpool-rules-test.yaml")) as { tests: Scenario[] }).tests;
}

/** What Prometheus itself adds to each scrape. */
const ofPrometheus: ReadonlyMap<string, readonly string[]> = new Map([["up", []]]);

/** Labels of every series of a scrape. */
const always = ["instance", "job"];

/** Labels of each series that can be asked for. */
export const knownSeries: ReadonlyMap<string, readonly string[]> = new Map([
  ...ofPrometheus,
  ...allRows.flatMap((row) => seriesNames(row).map((name) => [name, labelsOf(name, row.labels)] as const)),
]);

function labelsOf(name: string, labels: readonly string[]): readonly string[] {
  return name.endsWith("_bucket") ? [...labels, "le"] : labels;
}

/** Whether a series of this name with these labels can be there. */
export function isKnown({ name, labels }: NamedSeries): boolean {
  const known = knownSeries.get(name);
  return known !== undefined && labels.every((label) => known.includes(label) || always.includes(label));
}

/** Series that `expr` names: whatever begins with a prefix of ours, or of the process. */
export function seriesIn(expr: string): NamedSeries[] {
  return [...expr.matchAll(/\b((?:spiderpool_|process_|otel_|target_)\w+|up)\b(?:\{([^}]*)\})?/g)].map((match) => {
    const [, name = "", matchers = ""] = match;
    return { name, labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = ""]) => label) };
  });
}

/** Labels that `expr` groups or joins by. */
export function groupingsIn(expr: string): string[] {
  return [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) => namesIn(list));
}

/**
 * Labels that the results of `expr` have: those it aggregates by, or else those of its series. What is not told by them
 * is empty in a legend or a summary.
 */
export function resultLabels(expr: string): ReadonlySet<string> {
  if (/\b(?:sum|min|max|avg|count)\b/.test(expr)) {
    return new Set([...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) => namesIn(list)));
  }
  return new Set([...always, ...seriesIn(expr).flatMap(({ name }) => knownSeries.get(name) ?? [])]);
}

/** Labels that a text shows: `{{instance}}` of Grafana, `{{ $labels.instance }}` of Prometheus. */
export function labelsShown(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)\s*\}\}|\$labels\.(\w+)/g)].map(([, plain, dotted]) => plain ?? dotted ?? "")
    .filter((label) => label !== "end" && label !== "else");
}

function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

/** Every query of the dashboard: those of its panels and of its variables. */
export function dashboardQueries(): Query[] {
  const { panels, templating } = readDashboard();
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat: legend }) => ({ place: title, expr, legend }))
    ),
    ...templating.list.flatMap(({ name, definition }) =>
      definition === undefined ? [] : [{ place: `variable ${name}`, expr: definition, legend: "" }]
    ),
  ];
}

/** The members of the dashboard that are tested. */
export interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

/** The dashboard. */
export function readDashboard(): Dashboard {
  return JSON.parse(readMonitoring("spiderpool-dashboard.json"));
}
