import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findPromtool } from "../../scripts/promtool.ts";
import { runTool } from "../../tests/shared/run_tool.ts";
import { testUnless } from "../../tests/shared/skip.ts";
import {
  dashboardQueries,
  isKnown,
  monitoringFolder,
  readAlerts,
  readDashboard,
  readMonitoring,
  readScenarios,
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

for (const { alert, expr } of readAlerts()) {
  Deno.test(`operations row 14.6: alert ${alert} names metrics that exist, fires in a scenario, and is explained`, () => {
    const named = seriesIn(expr);
    assert.ok(named.length > 0);
    for (const series of named) assert.ok(isKnown(series), `${alert}: ${JSON.stringify(series)}`);
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

testUnless(reason, {
  name: "operations row 14.6: promtool takes the rules, and every alert fires in its scenario",
  fn() {
    const path = (name: string) => fileURLToPath(new URL(name, monitoringFolder));
    runTool(promtool!, ["check", "rules", path("spiderpool-rules.yaml")]);
    runTool(promtool!, ["test", "rules", path("spiderpool-rules-test.yaml")]);
  },
});

for (const { place, expr } of dashboardQueries()) {
  Deno.test(`operations 10: the dashboard's "${place}" names metrics that exist: ${expr}`, () => {
    const named = seriesIn(expr);
    assert.ok(named.length > 0);
    for (const series of named) assert.ok(isKnown(series), JSON.stringify(series));
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
