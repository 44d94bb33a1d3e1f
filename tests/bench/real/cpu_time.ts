/** Processor time of processes. */

/** Ticks of the kernel's process times a second: always 100 for programs (Linux, `USER_HZ`). */
const TICKS_PER_SECOND = 100;

/**
 * User and system time that the threads of a process have had, in milliseconds. Source: proc_pid_stat(5), `utime` and `stime`.
 *
 * @param pid a number, or `"self"`
 * @returns 0 for a process that is gone
 */
export function cpuMsOf(pid: number | "self"): number {
  let stat: string;
  try {
    stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return 0;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before may hold anything
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SECOND;
}

/** Processor time of the parts of a measurement, in milliseconds. */
export interface CpuTimes {
  readonly agents: number;
  readonly apiServer: number;
  readonly etcd: number;
  /** The process that makes the calls. */
  readonly callers: number;
}

/** What passed between two readings, for each of `operations`. */
export function cpuPerOperation(before: CpuTimes, after: CpuTimes, operations: number): CpuTimes {
  const share = (part: keyof CpuTimes) => (after[part] - before[part]) / operations;
  return { agents: share("agents"), apiServer: share("apiServer"), etcd: share("etcd"), callers: share("callers") };
}
