import { type AbuseRow, abuseTable } from "./abuse/measure_abuse.ts";
import type { MicroRow } from "./micro.ts";
import type { PluginStartRow } from "./plugin_start.ts";
import { type PluginResults, pluginTablesOf } from "./plugins/plugin_report.ts";
import { CLAIMS, type PoolSizeRow } from "./pool_sizes.ts";
import type { Table } from "./table.ts";
import type { BurstRow, Setting, ThroughputRow } from "./throughput.ts";

/** All that a run of the bench measured; a part is absent when it was not asked for. */
export interface BenchResults {
  readonly throughput?: readonly ThroughputRow[];
  readonly burst?: readonly BurstRow[];
  readonly poolSize?: readonly PoolSizeRow[];
  readonly pluginStart?: readonly PluginStartRow[];
  readonly plugins?: PluginResults;
  readonly abuse?: readonly AbuseRow[];
  readonly micro?: readonly MicroRow[];
}

/** How ours compares with the model of upstream in one phase: each figure divided by the other's. */
export interface Ratio extends Pick<Setting, "via" | "agents" | "stack"> {
  readonly phase: ThroughputRow["phase"];
  readonly opsPerSecond: number;
  readonly p99: number;
  readonly requestsPerOp: number;
  readonly poolPutsPerOp: number;
  readonly bytesWrittenPerOp: number;
}

const viaNotes = [
  "in-process: API server and agents share one event loop; http: the API server is a process of its own, on loopback.",
  "All agents of a row share one event loop; on a cluster each has its own.",
  "upstream-like: a model of upstream's algorithm (GET + PUT of the whole pool for each address, 5 tries), not upstream itself.",
  "One churn operation is an ADD into a full pool and the DEL that makes room. A failed request is made again after about 1 s (a kubelet waits longer).",
];

/** The tables of what was measured. */
export function tablesOf(results: BenchResults): readonly Table[] {
  const { throughput = [], burst = [], poolSize = [], pluginStart = [], plugins, abuse = [], micro = [] } = results;
  return [
    throughputTable(throughput),
    requestsTable(throughput),
    ratioTable(ratiosOf(throughput)),
    burstTable(burst),
    poolSizeTable(poolSize),
    pluginStartTable(pluginStart),
    ...(plugins === undefined ? [] : pluginTablesOf(plugins)),
    abuseTable(abuse),
    microTable(micro),
  ].filter(({ rows }) => rows.length > 0);
}

/** Ours divided by the model of upstream, where both were measured. */
export function ratiosOf(rows: readonly ThroughputRow[]): readonly Ratio[] {
  return rows.filter(({ algorithm }) => algorithm === "spiderpool").flatMap((ours) => {
    const theirs = rows.find((row) => row.algorithm === "upstream-like" && isSameSetting(row, ours));
    if (theirs === undefined) return [];
    const { via, agents, stack, phase } = ours;
    return [{
      via,
      agents,
      stack,
      phase,
      opsPerSecond: ours.opsPerSecond / theirs.opsPerSecond,
      p99: ours.latencyMs.p99 / theirs.latencyMs.p99,
      requestsPerOp: ours.requestsPerOp / theirs.requestsPerOp,
      poolPutsPerOp: ours.poolPutsPerOp / theirs.poolPutsPerOp,
      bytesWrittenPerOp: ours.bytesWrittenPerOp / theirs.bytesWrittenPerOp,
    }];
  });
}

function isSameSetting(a: ThroughputRow, b: ThroughputRow): boolean {
  return a.via === b.via && a.agents === b.agents && a.stack === b.stack && a.phase === b.phase;
}

function throughputTable(rows: readonly ThroughputRow[]): Table {
  return {
    title: "IPAM on one pool a family",
    head: ["algorithm", "via", "stack", "agents", "phase", "op/s", "p50 ms", "p99 ms", "requests/op", "B written/op"]
      .concat(["pool PUT/op", "409/op", "failed", "unfinished"]),
    rows: rows.map((row) => [
      ...[row.algorithm, row.via, row.stack, row.agents, row.phase],
      ...[row.opsPerSecond, row.latencyMs.p50, row.latencyMs.p99, row.requestsPerOp, row.bytesWrittenPerOp],
      ...[row.poolPutsPerOp, row.conflictsPerOp, row.failures, row.unfinished],
    ]),
    notes: viaNotes,
  };
}

/** Which requests an ADD makes, where nothing but ADDs run. */
function requestsTable(rows: readonly ThroughputRow[]): Table {
  const created = rows.filter(({ phase }) => phase === "create");
  const operations = [...new Set(created.flatMap(({ byOperation }) => Object.keys(byOperation)))];
  return {
    title: "Requests per ADD by verb and resource (phase create)",
    head: ["algorithm", "via", "stack", "agents", ...operations],
    rows: created.map((row) => [
      ...[row.algorithm, row.via, row.stack, row.agents],
      ...operations.map((operation) => row.byOperation[operation] ?? 0),
    ]),
  };
}

function ratioTable(ratios: readonly Ratio[]): Table {
  return {
    title: "spiderpool divided by upstream-like",
    head: ["via", "stack", "agents", "phase", "op/s", "p99", "requests/op", "pool PUT/op", "B written/op"],
    rows: ratios.map((ratio) => [
      ...[ratio.via, ratio.stack, ratio.agents, ratio.phase],
      ...[ratio.opsPerSecond, ratio.p99, ratio.requestsPerOp, ratio.poolPutsPerOp, ratio.bytesWrittenPerOp],
    ]),
    notes: ["op/s: more is better; all others: less is better"],
  };
}

function burstTable(rows: readonly BurstRow[]): Table {
  return {
    title: "ADDs at the same moment on one node",
    head: ["what", "algorithm", "via", "ms for all"],
    rows: rows.map(({ algorithm, via, adds, poolWrites, milliseconds }) => [
      `${adds} concurrent ADDs on one pool: ${poolWrites} pool writes`,
      algorithm,
      via,
      milliseconds,
    ]),
  };
}

function poolSizeTable(rows: readonly PoolSizeRow[]): Table {
  return {
    title: `${CLAIMS} claims in pools of very different sizes, medians`,
    head: ["pool", `µs/claim in a batch of ${CLAIMS}`, "µs for one claim alone", "ms for a whole ADD (in-process)"],
    rows: rows.map(({ subnet, batchedUs, singleUs, addMs }) => [subnet, batchedUs, singleUs, addMs]),
    notes: ["compare within a family: the size of a pool must not matter; IPv6 text takes longer to write"],
  };
}

function pluginStartTable(rows: readonly PluginStartRow[]): Table {
  const add = rows.at(-1);
  const cost = add === undefined ? [] : [
    `a whole ADD costs ${add.overEmptyMs.toFixed(1)} ms over an empty Deno program`,
  ];
  return {
    title: "Start of the CNI plugin",
    head: ["program", "median ms", "ms over empty"],
    rows: rows.map(({ program, medianMs, overEmptyMs }) => [program, medianMs, overEmptyMs]),
    notes: cost,
  };
}

function microTable(rows: readonly MicroRow[]): Table {
  return {
    title: "Single functions (deno bench)",
    head: ["file", "what", "mean µs", "p99 µs"],
    rows: rows.map(({ file, name, meanUs, p99Us }) => [file, name, meanUs, p99Us]),
  };
}
