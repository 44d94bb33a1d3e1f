/** Tables of what plugins cost. */
import { type HardwareFacts, hardwareText } from "../real/machine.ts";
import type { Table } from "../table.ts";
import type { IfacerFigures } from "./ifacer_figures.ts";
import type { PluginCostRow } from "./plugin_costs.ts";
import { PROBE_WAIT_MS, type ProbeCostRow } from "./probe_costs.ts";

/** All that the part `plugins` measures. */
export interface PluginResults {
  /** When, as RFC 3339. */
  readonly startedAt: string;
  readonly machine: HardwareFacts;
  readonly costs: readonly PluginCostRow[];
  readonly probes: readonly ProbeCostRow[];
  /** Absent where it could not be measured. */
  readonly ifacer?: IfacerFigures;
}

/** What an ADD with probes may cost beyond the wait, in milliseconds. */
const ALLOWED_MS = 50;

/** The tables, and under which circumstances they came to be. */
export function pluginTablesOf(results: PluginResults): readonly Table[] {
  const ifacer = results.ifacer === undefined ? [] : [ifacerTable(results.ifacer)];
  return [costTable(results.costs), ...ifacer, probeTable(results.probes)].filter(({ rows }) => rows.length > 0);
}

/** One line on when and where, for a document. */
export function pluginHeadOf({ startedAt, machine }: PluginResults): string {
  const { deno, loadBefore } = machine;
  return `Measured on ${startedAt.slice(0, 10)}: ${hardwareText(machine)}; Deno ${deno}; the load was ${
    loadBefore.toFixed(1)
  } before.`;
}

function costTable(rows: readonly PluginCostRow[]): Table {
  const counts = [...new Set(rows.flatMap(({ atOnce }) => atOnce.map(({ count }) => count)))];
  const most = Math.max(...counts);
  return {
    title: "One call of a plugin",
    head: ["plugin", "format", "verb", ...counts.map((count) => `p50 ms, ${count} at once`), `p99 ms, ${most} at once`]
      .concat([`calls/s, ${most} at once`, "peak MB", "netlink requests", "system calls"]),
    rows: rows.map(({ plugin, format, verb, atOnce, peakMb, kernel }) => {
      const last = atOnce.find(({ count }) => count === most);
      const medians = counts.map((count) => atOnce.find((one) => one.count === count)?.ms.p50 ?? NaN);
      const rest = [last?.ms.p99 ?? NaN, last?.callsPerSecond ?? NaN, peakMb];
      const asked = [kernel?.netlinkRequests ?? NaN, kernel?.systemCalls ?? NaN];
      return [plugin, format, verb, ...medians, ...rest, ...asked];
    }),
    notes: [
      "Go: the distribution's plugins. `ptp` is the one that makes what the coordinator makes first: a veth pair, and routes.",
      "peak MB: resident memory of the process that the runtime starts; pages of the Deno executable are shared by all Deno processes.",
      "The agent answers at once. Netlink requests and system calls are counted over all processes of one call, `-` without strace.",
    ],
  };
}

function ifacerTable({ isEmulated, rows }: IfacerFigures): Table {
  return {
    title: "Links that `ifacer` makes, beside the distribution's `vlan`",
    head: ["call", "times the first", ...(isEmulated ? [] : ["p50 ms"])],
    rows: rows.map(({ call, timesIdle, medianMs }) => [call, timesIdle, ...(isEmulated ? [] : [medianMs])]),
    notes: isEmulated
      ? [
        "This kernel has no VLANs: measured in the virtual machine of the tests, as ratios. The table above has the first call's time on this processor.",
        "The machine's processor is emulated, which slows the start of Deno more than that of Go: compare the calls of ifacer with each other.",
      ]
      : [],
  };
}

function probeTable(rows: readonly ProbeCostRow[]): Table {
  return {
    title: "What probes add to an ADD",
    head: ["families", "probes", "median ms", "added ms", `ms over the wait of ${PROBE_WAIT_MS}`],
    rows: rows.map(({ families, probes, medianMs, addedMs, overWaitMs }) => [
      ...[families, probes, medianMs, addedMs],
      probes === "none" ? NaN : overWaitMs,
    ]),
    notes: rows.length === 0 ? [] : verdicts(rows),
  };
}

/** The two promises, held against the figures. */
function verdicts(rows: readonly ProbeCostRow[]): string[] {
  const both = rows.filter(({ probes }) => probes === "conflict and gateway");
  const worst = Math.max(...both.map(({ overWaitMs }) => overWaitMs));
  const dual = both.find(({ families }) => families.includes("and"));
  const single = Math.max(...both.filter((row) => row !== dual).map(({ addedMs }) => addedMs));
  const difference = (dual?.addedMs ?? NaN) - single;
  return [
    `Both probes cost at most ${worst.toFixed(0)} ms more than the wait: ${
      verdict(worst <= ALLOWED_MS)
    } (${ALLOWED_MS} ms allowed).`,
    `Dual stack costs ${difference.toFixed(0)} ms more than the longer of the two families: ${
      verdict(difference <= ALLOWED_MS / 5)
    } (10 ms allowed for noise).`,
  ];
}

function verdict(isKept: boolean): string {
  return isKept ? "kept" : "not kept";
}
