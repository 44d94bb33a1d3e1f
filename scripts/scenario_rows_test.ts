import assert from "node:assert/strict";
import { scenarioTables } from "../tests/scenarios.ts";
import { coverageLine, rowCoverage, rowsNamed, rowsOf, type ScenarioTable } from "./scenario_rows.ts";
import { testLayers } from "./test_layers.ts";

const ipam: ScenarioTable = {
  name: "ipam",
  rows: 5,
  deferred: { 4: "needs the controller", 5: "needs the controller" },
};
const agent: ScenarioTable = {
  name: "agent",
  rows: [{ section: "3", subjects: ["LEVEL", "PORT"] }, { section: "8.2", subjects: ["ifName"] }],
  deferred: {},
};
const tables = [ipam, agent];

/** Rows by what stands before them: were they in the names of these tests, they would count as tested. */
const names: readonly { readonly name: string; readonly test: string; readonly want: readonly string[][] }[] = [
  { name: "a bare number", test: "planAdd() plans row 3: the subnet wins", want: [["3"], []] },
  { name: "several at once", test: "rows 2, 31a and 4: several at once", want: [["2", "31", "4"], []] },
  { name: "one of each table", test: "ipam row 1: named, agent row 3.2: too", want: [["1"], ["3.2"]] },
  { name: "ids of several depths", test: "agent rows 3.1, 8.2.1 and 3.2: named", want: [[], ["3.1", "8.2.1", "3.2"]] },
  { name: "another word before it", test: "real API: row 5", want: [["5"], []] },
  { name: "a document that is not due", test: "webhooks row 2: of nobody", want: [[], []] },
  { name: "words that only end alike", test: "narrow 7 and arrows 8", want: [[], []] },
  { name: "no number", test: "every row 3rd time", want: [[], []] },
];

for (const { name, test, want } of names) {
  Deno.test(`rowsNamed() reads ${name}`, () => {
    assert.deepEqual(tables.map((table) => rowsNamed(test, { table, tables })), want);
  });
}

Deno.test("rowsOf() numbers rows, or names them by section and position", () => {
  assert.deepEqual(rowsOf({ rows: 2 }).map(({ id }) => id), ["1", "2"]);
  assert.deepEqual(rowsOf(agent).map(({ id, subject }) => `${id} ${subject}`), [
    "3.1 LEVEL",
    "3.2 PORT",
    "8.2.1 ifName",
  ]);
});

const results = [
  { name: "row 1", outcome: "passed" },
  { name: "row 2", outcome: "skipped" },
  { name: "row 3", outcome: "failed" },
  { name: "row 4", outcome: "passed" },
  { name: "row 12", outcome: "passed" },
  { name: "agent rows 3.1 and 8.2.2", outcome: "passed" },
] as const;

Deno.test("rowCoverage() counts passed tests only", () => {
  const coverage = rowCoverage(results, { table: ipam, tables, layers: [] });
  assert.deepEqual(coverage, { covered: 2, missing: ["3"], notRun: ["2"], done: ["4"], unknown: ["12"] });
  assert.equal(
    coverageLine(ipam, coverage),
    "scenarios of ipam: 2 of 5 rows tested; 2 deferred; 1 not run here: 2; without a passed test: 3; " +
      "no longer to be deferred: 4; named by tests, but no rows: 12",
  );
});

Deno.test("rowCoverage() says what a row that is missing is about", () => {
  const coverage = rowCoverage(results, { table: agent, tables, layers: [] });
  assert.deepEqual([coverage.missing, coverage.unknown], [["3.2", "8.2.1"], ["8.2.2"]]);
  assert.equal(
    coverageLine(agent, coverage),
    "scenarios of agent: 1 of 3 rows tested; 0 deferred; " +
      "without a passed test: agent row 3.2 PORT, agent row 8.2.1 ifName; named by tests, but no rows: 8.2.2",
  );
});

Deno.test("rowCoverage() misses rows of a layer only when that ran", () => {
  const table = { ...ipam, deferred: {}, ofLayers: { vm: [1, 3, 5] } };
  const without = rowCoverage(results, { table, tables, layers: ["unit"] });
  assert.deepEqual([without.missing, without.notRun], [["3"], ["2", "5"]]); // 3 failed elsewhere
  const whole = rowCoverage(results, { table, tables, layers: ["unit", "vm"] });
  assert.deepEqual([whole.missing, whole.notRun], [["3", "5"], ["2"]]);
});

Deno.test("scenarioTables name rows that they have and layers that there are", () => {
  for (const table of scenarioTables) {
    const { deferred, ofLayers = {} } = table;
    const all = new Set(rowsOf(table).map(({ id }) => id));
    const named = [...Object.keys(deferred), ...Object.values(ofLayers).flat().map(String)];
    assert.deepEqual(named.filter((id) => !all.has(id)), []);
    for (const name of Object.keys(ofLayers)) assert(testLayers.some((layer) => layer.name === name), name);
  }
});
