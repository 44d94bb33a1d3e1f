import assert from "node:assert/strict";
import { ratiosOf, tablesOf } from "./report.ts";
import { renderTable } from "./table.ts";
import type { Algorithm, ThroughputRow } from "./throughput.ts";

function row(algorithm: Algorithm, figures: { agents?: number; opsPerSecond: number; puts: number }): ThroughputRow {
  const { agents = 10, opsPerSecond, puts } = figures;
  return {
    algorithm,
    via: "http",
    agents,
    stack: "IPv4",
    phase: "create",
    operations: 100,
    opsPerSecond,
    latencyMs: { count: 100, mean: 2, p50: 2, p99: 4, max: 4 },
    failures: 0,
    firstFailure: undefined,
    unfinished: 0,
    requestsPerOp: 2,
    bytesWrittenPerOp: 50,
    bytesReadPerOp: 0,
    poolPutsPerOp: puts,
    conflictsPerOp: 0,
    byOperation: { "update spiderippools/status": puts },
  };
}

Deno.test("ratiosOf() divides ours by the model of upstream in the same setting", () => {
  const rows = [
    row("upstream-like", { agents: 1, opsPerSecond: 1, puts: 1 }),
    row("spiderpool", { opsPerSecond: 300, puts: 0.5 }),
    row("upstream-like", { opsPerSecond: 100, puts: 2 }),
    row("spiderpool", { agents: 40, opsPerSecond: 1, puts: 1 }), // nothing to compare with
  ];
  const same = { via: "http", agents: 10, stack: "IPv4", phase: "create", p99: 1, requestsPerOp: 1 };
  assert.deepEqual(ratiosOf(rows), [{ ...same, opsPerSecond: 3, poolPutsPerOp: 0.25, bytesWrittenPerOp: 1 }]);
});

Deno.test("tablesOf() has no table for what was not measured", () => {
  assert.deepEqual(tablesOf({}), []);
  assert.deepEqual(tablesOf({ burst: [], pluginStart: [] }), []);
});

Deno.test("tablesOf() says how many pool writes a burst took", () => {
  const burst = [{ algorithm: "spiderpool", via: "http", adds: 64, poolWrites: 3, milliseconds: 90 }] as const;
  const text = tablesOf({ burst }).map(renderTable).join("\n");
  assert.match(text, /^64 concurrent ADDs on one pool: 3 pool writes /m);
});

Deno.test("tablesOf() says what a whole ADD costs over an empty program", () => {
  const pluginStart = [
    { program: "empty", medianMs: 30, overEmptyMs: 0 },
    { program: "ADD", medianMs: 45.25, overEmptyMs: 15.25 },
  ];
  const text = tablesOf({ pluginStart }).map(renderTable).join("\n");
  assert.match(text, /a whole ADD costs 15\.3 ms over an empty Deno program$/m);
});

Deno.test("tablesOf() shows every verb and resource that some ADD used", () => {
  const rows = [row("spiderpool", { opsPerSecond: 1, puts: 0.125 })];
  const table = tablesOf({ throughput: rows }).find(({ title }) => title.startsWith("Requests per ADD"));
  assert.deepEqual(table?.head.at(-1), "update spiderippools/status");
  assert.deepEqual(table?.rows, [["spiderpool", "http", "IPv4", 10, 0.125]]);
});
