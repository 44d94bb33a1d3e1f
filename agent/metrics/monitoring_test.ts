import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findPromtool } from "../../scripts/promtool.ts";
import { runTool } from "../../tests/shared/run_tool.ts";
import { testUnless } from "../../tests/shared/skip.ts";
import {
  dashboardQueries,
  groupingsIn,
  isKnown,
  knownSeries,
  labelsShown,
  monitoringFolder,
  readAlerts,
  readDashboard,
  readMonitoring,
  readScenarios,
  resultLabels,
  seriesIn,
} from "./monitoring_fixture.ts";

const promtool = findPromtool();
const reason = promtool === undefined ? "needs promtool of Debian's prometheus" : undefined;

Deno.test("seriesIn() finds names and labels, and isKnown() knows which can be", () => {
  const expr = 'sum by (le) (rate(spiderpool_ippool_commits_total{outcome!="done",instance=~"a|b"}[5m])) > up{job="x"}';
  const found = seriesIn(expr);
  assert.deepEqual(found, [
    { name: "spiderpool_ippool_commits_total", labels: ["outcome", "instance"] },
    { name: "up", labels: ["job"] },
  ]);
  assert.deepEqual(found.map(isKnown), [true, true]);
  const odd = [
    { name: "spiderpool_ippool_commits", labels: [] },
    { name: "spiderpool_ippool_commits_total", labels: ["pool"] },
  ];
  assert.deepEqual(odd.map(isKnown), [false, false]);
});

Deno.test("groupingsIn(), resultLabels() and labelsShown() find what a text may show of a query", () => {
  const expr = "histogram_quantile(0.99, sum by (instance, le) (rate(x[5m]))) and on (ippool) y";
  assert.deepEqual(groupingsIn(expr), ["instance", "le", "ippool"]);
  assert.deepEqual([...resultLabels(expr)], ["instance", "le"]);
  assert.deepEqual([...resultLabels("sum(rate(up[5m]))")], []);
  assert.ok(resultLabels("spiderpool_watch_lag_seconds").isSupersetOf(new Set(["instance", "resource"])));
  assert.deepEqual(labelsShown("{{request}} {{ outcome }} of {{ $labels.instance }}"), [
    "request",
    "outcome",
    "instance",
  ]);
  assert.deepEqual(labelsShown("{{ with $labels.x }}{{ . }}{{ else }}none{{ end }} {{ $value | humanize }}"), ["x"]);
});

for (const { alert, expr, annotations: { summary } } of readAlerts()) {
  Deno.test(`operations row 14.6: alert ${alert} names metrics that exist, fires in a scenario, and is explained`, () => {
    const named = seriesIn(expr);
    assert.ok(named.length > 0);
    for (const series of named) assert.ok(isKnown(series), `${alert}: ${JSON.stringify(series)}`);
    for (const label of labelsShown(summary)) assert.ok(resultLabels(expr).has(label), label);
    const fires = readScenarios().filter(({ alert_rule_test: tests }) =>
      tests.some(({ alertname, exp_alerts }) => alertname === alert && exp_alerts.length > 0)
    );
    assert.ok(fires.length > 0, "no scenario in which it fires");
    assert.match(readMonitoring("README.md"), new RegExp(`^### ${alert}$`, "m"));
  });
}

Deno.test("operations 9: upstream's alerts on IPAM keep their names", () => {
  const names = readAlerts().map(({ alert }) => alert);
  const upstream = [
    "AllocationFailure",
    "AllocationOverTime",
    "HighAllocationDurations",
    "ReleaseFailure",
    "ReleaseOverTime",
  ];
  for (const name of upstream) assert.ok(names.includes(`ipam${name}`), name);
});

Deno.test("operations 9: scenarios give series that exist, and one has none of the alerts", () => {
  const scenarios = readScenarios();
  for (const { name, input_series } of scenarios) {
    for (const { series } of input_series) {
      for (const found of seriesIn(series)) assert.ok(isKnown(found), `${name}: ${series}`);
    }
  }
  const well = scenarios.find(({ name }) => name === "nothing fires when all is well");
  const quiet = well?.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length === 0).map(({ alertname }) =>
    alertname
  );
  assert.deepEqual(quiet?.toSorted(), readAlerts().map(({ alert }) => alert).toSorted());
});

Deno.test("operations 9: the scenario without alerts has the series of every alert, so that none is silent for want of them", () => {
  const well = readScenarios().find(({ name }) => name === "nothing fires when all is well");
  const given = new Set(well?.input_series.flatMap(({ series }) => seriesIn(series)).map(({ name }) => name));
  for (const { alert, expr } of readAlerts()) {
    for (const { name } of seriesIn(expr)) assert.ok(given.has(name), `${alert}: ${name}`);
  }
});

testUnless(reason, {
  name: "operations row 14.6: promtool takes the rules, and every alert fires in its scenario",
  fn() {
    const path = (name: string) => fileURLToPath(new URL(name, monitoringFolder));
    runTool(promtool!, ["check", "rules", path("spiderpool-rules.yaml")]);
    runTool(promtool!, ["test", "rules", path("spiderpool-rules-test.yaml")]);
  },
});

for (const { place, expr, legend } of dashboardQueries()) {
  Deno.test(`operations 10: the dashboard's "${place}" names metrics that exist: ${expr}`, () => {
    const named = seriesIn(expr);
    assert.ok(named.length > 0);
    for (const series of named) assert.ok(isKnown(series), JSON.stringify(series));
    const labels = new Set(["instance", "job", ...named.flatMap(({ name }) => knownSeries.get(name) ?? [])]);
    for (const label of groupingsIn(expr)) assert.ok(labels.has(label), `groups by ${label}`);
    for (const label of labelsShown(legend)) assert.ok(resultLabels(expr).has(label), `shows ${label}`);
  });
}

Deno.test("operations 10: the dashboard's panels have a number and a place of their own", () => {
  const { panels } = readDashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + i % w} ${y + Math.floor(i / w)}`)
  );
  assert.equal(new Set(cells).size, cells.length);
  assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
});
