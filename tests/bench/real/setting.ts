/** What is measured with real processes, and what comes of it: values. */
import type { Cost } from "../counts.ts";
import type { Stack } from "../pools.ts";
import type { Summary } from "../stats.ts";
import type { RealApi } from "./api_server.ts";
import type { CpuTimes } from "./cpu_time.ts";

/** What is measured, in this order: all Pods ask; every Pod leaves while another one asks; all leave; a node dies while Pods ask. */
export type RealPhase = "create" | "churn" | "delete all" | "node loss";

/** One setting. */
export interface RealSetting {
  readonly agents: number;
  readonly stack: Stack;
  /** Pods that ask in each phase. */
  readonly pods: number;
  /** Addresses of each pool. */
  readonly addresses: number;
  /** Calls at a time, over all nodes. */
  readonly calls: number;
  /** Records of others that each pool holds before. @default 0 */
  readonly filled?: number;
  /** What is measured. @default all that makes sense */
  readonly phases?: readonly RealPhase[];
  /** Whether each pool has one committer; `false`: all agents write by themselves. */
  readonly committers: boolean;
}

/** One row: one phase of one setting. */
export interface RealRow extends RealSetting, Cost {
  readonly phase: RealPhase;
  /** ADDs; DELs where there are none. */
  readonly operations: number;
  readonly opsPerSecond: number;
  readonly failures: number;
  readonly failedDels: number;
  readonly firstFailure: string | undefined;
  readonly unfinished: number;
  /** Of each ADD until its answer, whichever that was; of DELs where there are no ADDs. */
  readonly callMs: Summary;
  /** Of each Pod until it had its address. */
  readonly successMs: Summary;
  /** Processor time of each operation, in milliseconds. */
  readonly cpuMs: CpuTimes;
  readonly agentsPerProcess: number;
  /** Of the processes of agents before and after the phase, the largest, in bytes. */
  readonly rssBefore: number;
  readonly rssAfter: number;
}

/** What a measurement works with. */
export interface RealBench {
  readonly api: RealApi;
  /** Path of the bundled process of agents. */
  readonly bundle: string;
  /** Longest time of one phase, in milliseconds. */
  readonly limitMs: number;
  /** Processes of agents at most. */
  readonly maxProcesses: number;
  readonly v8Flags?: string;
}
