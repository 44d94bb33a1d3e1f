import assert from "node:assert/strict";
import { scenarioTables } from "../tests/scenarios.ts";
import { coverageLine, rowCoverage, rowsNamed, type ScenarioTable } from "./scenario_rows.ts";
import { testLayers } from "./test_layers.ts";

const ipam: ScenarioTable = {
  name: "ipam",
  rows: 5,
  deferred: { 4: "needs the controller", 5: "needs the controller" },
};
const agent: ScenarioTable = { name: "agent", rows: 3, deferred: {} };
const tables = [ipam, agent];

const names = [
  { test: "planAdd() plans row 3: the subnet wins", ipam: [3], agent: [] },
  { test: "rows 2, 31a and 4: several at once", ipam: [2, 31, 4], agent: [] },
  { test: "ipam row 1: named, agent row 2: too", ipam: [1], agent: [2] },
  { test: "real API: row 5", ipam: [5], agent: [] },
  { test: "plugins row 2: of a table that is not due yet", ipam: [], agent: [] },
  { test: "narrow 7 and arrows 8", ipam: [], agent: [] },
];

for (const { test, ...want } of names) {
  Deno.test(`rowsNamed() reads ${JSON.stringify(test)}`, () => {
    const got = tables.map((table) => rowsNamed(test, { table, tables }));
    assert.deepEqual(got, [want.ipam, want.agent]);
  });
}

const results = [
  { name: "row 1", outcome: "passed" },
  { name: "row 2", outcome: "skipped" },
  { name: "row 3", outcome: "failed" },
  { name: "row 4", outcome: "passed" },
] as const;

Deno.test("rowCoverage() counts passed tests only", () => {
  const coverage = rowCoverage(results, { table: ipam, tables, layers: [] });
  assert.deepEqual(coverage, { covered: 2, missing: [3], notRun: [2], done: [4] });
  assert.equal(
    coverageLine(ipam, coverage),
    "scenarios of ipam: 2 of 5 rows tested; 2 deferred; 1 not run here: 2; without a passed test: 3; no longer to be deferred: 4",
  );
});

Deno.test("rowCoverage() misses rows of a layer only when that ran", () => {
  const table = { ...ipam, deferred: {}, ofLayers: { vm: [1, 3, 5] } };
  const without = rowCoverage(results, { table, tables, layers: ["unit"] });
  assert.deepEqual(without, { covered: 2, missing: [3], notRun: [2, 5], done: [] }); // 3 failed elsewhere
  const whole = rowCoverage(results, { table, tables, layers: ["unit", "vm"] });
  assert.deepEqual([whole.missing, whole.notRun], [[3, 5], [2]]);
});

Deno.test("scenarioTables name rows that they have and layers that there are", () => {
  for (const { rows, deferred, ofLayers = {} } of scenarioTables) {
    const numbers = [...Object.keys(deferred).map(Number), ...Object.values(ofLayers).flat()];
    assert.deepEqual(numbers.filter((row) => row < 1 || row > rows), []);
    for (const name of Object.keys(ofLayers)) assert(testLayers.some((layer) => layer.name === name), name);
  }
});
