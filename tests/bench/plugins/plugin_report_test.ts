import assert from "node:assert/strict";
import { renderTable } from "../table.ts";
import { pluginHeadOf, pluginTablesOf } from "./plugin_report.ts";

const ms = { count: 5, mean: 2, p50: 2, p99: 4, max: 4 };
const machine = { processor: "P", cores: 2, memory: 2 ** 34, kernel: "6", deno: "2", loadBefore: 0.25 };
const common = { startedAt: "2026-01-02T03:04:05.000Z", machine, costs: [], probes: [] };

Deno.test("pluginTablesOf() has a column for each number of processes, and says what was not counted", () => {
  const atOnce = [1, 50].map((count) => ({ count, ms: { ...ms, p50: 2 * count }, callsPerSecond: 7 }));
  const row = { plugin: "host-local", format: "Go", verb: "ADD", atOnce, peakMb: 9, kernel: undefined } as const;
  const [table, ...more] = pluginTablesOf({ ...common, costs: [row] });
  assert(table !== undefined);
  assert.deepEqual(more, []);
  assert.deepEqual(table.rows, [["host-local", "Go", "ADD", 2, 100, 4, 7, 9, NaN, NaN]]);
  assert.equal(table.head.length, 10);
  assert.match(renderTable(table), /p50 ms, 50 at once/);
  assert.equal(
    pluginHeadOf(common),
    "Measured on 2026-01-02: 2 cores (P), 16 GiB, Linux 6; Deno 2; the load was 0.3 before.",
  );
});

for (const isEmulated of [true, false]) {
  Deno.test(`pluginTablesOf() shows times of ifacer only of a real processor: ${isEmulated ? "emulated" : "real"}`, () => {
    const rows = [{ call: "ifacer, DEL", medianMs: 80, timesIdle: 2.5 }];
    const [table] = pluginTablesOf({ ...common, ifacer: { isEmulated, rows } });
    assert(table !== undefined);
    assert.deepEqual(table.rows, [["ifacer, DEL", 2.5, ...(isEmulated ? [] : [80])]]);
    assert.equal(/emulated/.test(renderTable(table)), isEmulated);
  });
}

const cases = [
  { name: "kept", v6: 130, dual: 131, want: [/at most 31 ms more than the wait: kept/, /costs 1 ms more .*: kept/] },
  { name: "not kept", v6: 151, dual: 280, want: [/at most 180 ms .*: not kept/, /costs 129 ms more .*: not kept/] },
];
for (const { name, v6, dual, want } of cases) {
  Deno.test(`pluginTablesOf() holds probes against what was promised: ${name}`, () => {
    const rows = [["IPv4", 120], ["IPv6", v6], ["IPv4 and IPv6", dual]] as const;
    const probes = rows.map(([families, addedMs]) => ({
      families,
      probes: "conflict and gateway",
      medianMs: addedMs + 60,
      addedMs,
      overWaitMs: addedMs - 100,
    }));
    const [table] = pluginTablesOf({ ...common, probes });
    want.forEach((words, i) => assert.match(table?.notes?.[i] ?? "", words));
  });
}
