import type { Table } from "../table.ts";
import type { RealPhase, RealRow } from "./setting.ts";

/** What was measured of the system that this one replaces: Spiderpool v1.2, on two cores with the same API server. */
interface Replaced {
  readonly agents: number;
  readonly pods: number;
  readonly addresses: number;
  readonly phase: RealPhase;
  readonly perSecond: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of an agent after the work. */
  readonly megabytes?: number;
}

const replaced: readonly Replaced[] = [
  {
    agents: 1,
    pods: 1000,
    addresses: 1000,
    phase: "create",
    perSecond: 46,
    failures: 0,
    p50Ms: 1400,
    p99Ms: 2100,
    megabytes: 83,
  },
  { agents: 1, pods: 1000, addresses: 1000, phase: "churn", perSecond: 15, failures: 33, p50Ms: 2200, p99Ms: 2600 },
  {
    agents: 10,
    pods: 1000,
    addresses: 2000,
    phase: "create",
    perSecond: 17,
    failures: 457,
    p50Ms: 1600,
    p99Ms: 9100,
    megabytes: 75,
  },
  {
    agents: 10,
    pods: 1000,
    addresses: 1000,
    phase: "create",
    perSecond: 12.5,
    failures: 517,
    p50Ms: 2200,
    p99Ms: 8600,
  },
  {
    agents: 10,
    pods: 1000,
    addresses: 1000,
    phase: "churn",
    perSecond: 4.1,
    failures: 1202,
    p50Ms: 3100,
    p99Ms: 6100,
    megabytes: 81,
  },
  {
    agents: 40,
    pods: 400,
    addresses: 400,
    phase: "create",
    perSecond: 9.1,
    failures: 837,
    p50Ms: 3600,
    p99Ms: 10_000,
    megabytes: 67,
  },
];

/** Ours beside theirs, where the same work was measured. */
export function comparisonTable(rows: readonly RealRow[]): Table {
  return {
    title: "The same work as the replaced system's",
    head: ["agents", "Pods / addresses", "work", "ADD/s", "was", "times", "failed calls", "was", "call p50 ms", "was"]
      .concat(["p99 ms", "was", "MB after", "was"]),
    rows: replaced.flatMap((theirs) => {
      const ours = rows.find((row) => isSameWork(row, theirs));
      return ours === undefined ? [] : [cellsOf(ours, theirs)];
    }),
    notes: ["Spiderpool v1.2 on two cores with kube-apiserver 1.34 and etcd 3.4; one IPv4 pool; callers as here."],
  };
}

function isSameWork(row: RealRow, theirs: Replaced): boolean {
  const isSame = (["agents", "pods", "addresses", "phase"] as const).every((field) => row[field] === theirs[field]);
  return isSame && row.stack === "IPv4" && (row.agents === 1 || row.committers);
}

function cellsOf(ours: RealRow, theirs: Replaced): (string | number)[] {
  const { agents, pods, addresses, phase, opsPerSecond, failures, callMs, agentsPerProcess, rssAfter } = ours;
  const ownMegabytes = agentsPerProcess === 1 ? String(Math.round(rssAfter / 1e6)) : "-";
  return [
    ...[agents, `${pods} / ${addresses}`, phase, Math.round(opsPerSecond), theirs.perSecond],
    ...[opsPerSecond / theirs.perSecond, failures, theirs.failures],
    ...[Math.round(callMs.p50), theirs.p50Ms, Math.round(callMs.p99), theirs.p99Ms],
    ...[ownMegabytes, String(theirs.megabytes ?? "-")],
  ];
}
