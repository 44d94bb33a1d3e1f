import { formatNumber, type Table } from "../table.ts";
import { type MachineFacts, machineText } from "./machine.ts";
import type { PluginCallsRow } from "./plugin_calls.ts";
import { comparisonTable } from "./replaced_system.ts";
import type { RealRow } from "./setting.ts";

/** All that a run on a real API server measured; a part is absent when it was not asked for. */
export interface RealResults {
  readonly machine: MachineFacts;
  readonly startedAt: string;
  readonly quick: boolean;
  readonly rows?: readonly RealRow[];
  readonly sizes?: readonly RealRow[];
  readonly plugin?: readonly PluginCallsRow[];
}

/** The tables of what was measured. */
export function realTablesOf({ rows = [], sizes = [], plugin = [] }: RealResults): readonly Table[] {
  return [
    comparisonTable(rows),
    speedTable(rows),
    costTable(rows),
    memoryTable(rows),
    sizesTable(sizes),
    pluginTable(plugin),
  ]
    .filter((table) => table.rows.length > 0);
}

/** When and where, in a paragraph. */
export function realHeadOf({ machine, startedAt, quick }: RealResults): string {
  const date = startedAt.slice(0, 10);
  return `Measured on ${date}${quick ? " with `--quick`" : ""}: ${machineText(machine)}`;
}

/** Columns that say which setting a row is of. */
const settingHead = ["agents", "Pods / addresses", "families", "pool writes"];

function settingCells({ agents, pods, addresses, stack, committers }: RealRow): (string | number)[] {
  const writes = agents === 1 ? "alone" : committers ? "one committer" : "each agent";
  return [agents, `${pods} / ${addresses}`, stack, writes];
}

/** A table with one line for each phase of each setting. */
function phaseTable(
  rows: readonly RealRow[],
  { head, cells, ...rest }: Pick<Table, "title" | "head" | "notes"> & {
    readonly cells: (row: RealRow) => readonly (string | number)[];
  },
): Table {
  const lines = rows.map((row) => [...settingCells(row), row.phase, ...cells(row)]);
  return { ...rest, head: [...settingHead, "work", ...head], rows: lines };
}

function speedTable(rows: readonly RealRow[]): Table {
  return phaseTable(rows, {
    title: "Speed",
    head: ["per second", "failed calls", "call p50 ms", "p99 ms", "max ms"]
      .concat(["success p50 ms", "p99 ms", "max ms", "not done"]),
    cells: ({ opsPerSecond, failures, callMs, successMs, unfinished }) => [
      Math.round(opsPerSecond),
      failures,
      ...[callMs, successMs].flatMap(({ p50, p99, max }) => [p50, p99, max].map(Math.round)),
      unfinished,
    ],
    notes: [
      "Call: from a caller's request to its answer, whichever that was. Success: from a Pod's first call to its address.",
    ],
  });
}

function costTable(rows: readonly RealRow[]): Table {
  return phaseTable(rows, {
    title: "What an operation costs",
    head: ["requests", "pool writes", "conflicts", "B written", "B read"]
      .concat(["ms of agents", "of kube-apiserver", "of etcd", "of the callers"]),
    cells: ({ requestsPerOp, poolPutsPerOp, conflictsPerOp, bytesWrittenPerOp, bytesReadPerOp, cpuMs }) => [
      ...[requestsPerOp, poolPutsPerOp, conflictsPerOp],
      ...[bytesWrittenPerOp, bytesReadPerOp].map(Math.round),
      ...[cpuMs.agents, cpuMs.apiServer, cpuMs.etcd, cpuMs.callers],
    ],
    notes: [
      "All per ADD, or per DEL where all leave; in a churn an ADD and the DEL that makes room for it. ms: processor time; " +
      "their sum bounds the speed, whoever waits for whom. Where a process was killed its part is missing.",
    ],
  });
}

function memoryTable(rows: readonly RealRow[]): Table {
  return phaseTable(rows.filter(({ agentsPerProcess, phase }) => agentsPerProcess === 1 && phase !== "node loss"), {
    title: "Memory of an agent",
    head: ["MB before", "MB after"],
    cells: ({ rssBefore, rssAfter }) => [megabytes(rssBefore), megabytes(rssAfter)],
    notes: ["Resident set of the largest process; only where each agent has one of its own."],
  });
}

function sizesTable(rows: readonly RealRow[]): Table {
  return {
    title: "The size of a pool",
    head: ["agents", "records in the end", "work", "per second", "call p99 ms", "requests", "B written", "B read"]
      .concat(["ms of agents", "of kube-apiserver", "of etcd"]),
    rows: rows.map((row) => [
      ...[row.agents, row.addresses, row.phase, Math.round(row.opsPerSecond), Math.round(row.callMs.p99)],
      ...[row.requestsPerOp, Math.round(row.bytesWrittenPerOp), Math.round(row.bytesReadPerOp)],
      ...[row.cpuMs.agents, row.cpuMs.apiServer, row.cpuMs.etcd],
    ]),
    notes: ["200 Pods get the last addresses of one IPv4 pool, and give them back; per ADD or DEL."],
  };
}

function pluginTable(rows: readonly PluginCallsRow[]): Table {
  return {
    title: "One plugin process per ADD",
    head: ["at once", "ADDs", "per second", "p50 ms", "p99 ms", "max ms", "failed"],
    rows: rows.map(({ atOnce, calls, callsPerSecond, ms, failures }) => [
      ...[atOnce, calls, callsPerSecond, ms.p50, ms.p99, ms.max, failures],
    ]),
    notes: ["From the start of the process to its end; start-up of the runtime included."],
  };
}

function megabytes(bytes: number): string {
  return formatNumber(Math.round(bytes / 1e6));
}
