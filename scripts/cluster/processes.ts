/** Processes of this machine, as `/proc` shows them. Like ps(1). */

/** A process. */
export interface Process {
  readonly pid: number;
  /** Id of the process that it came from, or of the one that it was left to. */
  readonly parent: number;
  /** Empty for kernel threads and for what has ended but was not waited for. */
  readonly argv: readonly string[];
  /** Identity of its PID namespace, such as `pid:[4026531836]`. */
  readonly pidNamespace: string;
}

/** Lists all processes that may be looked at; one that ends meanwhile is left out. */
export function listProcesses(): Process[] {
  const processes: Process[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const process = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    if (process !== undefined) processes.push(process);
  }
  return processes;
}

/** Reads one process; `undefined` if it has ended, is a kernel thread, or is so protected that it cannot be one of ours. */
export function readProcess(pid: number): Process | undefined {
  try {
    const argv = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
    if (argv.length === 0) return undefined;
    return { pid, parent: parentOf(pid), argv, pidNamespace: Deno.readLinkSync(`/proc/${pid}/ns/pid`) };
  } catch (err) {
    if (hasEnded(err) || err instanceof Deno.errors.PermissionDenied) return undefined;
    throw err;
  }
}

/**
 * Of processes with the same command line, the one that the others came from: what has just been forked has it too, until it runs another
 * program, and may well have the lower id. Source: fork(2), proc_pid_cmdline(5).
 */
export function outermost<T extends Pick<Process, "pid" | "parent">>(alike: readonly T[]): T | undefined {
  const pids = new Set(alike.map(({ pid }) => pid));
  return alike.find(({ parent }) => !pids.has(parent));
}

/** The program a process runs, without its folder. */
export function programOf({ argv }: Pick<Process, "argv">): string {
  const [path = ""] = argv;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Sends a signal; a process that has ended already is fine. */
export function signalProcess(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (err) {
    if (!hasEnded(err)) throw err;
  }
}

/** Field 4 of `stat`; the name before it, in parentheses, may have anything in it. Source: proc_pid_stat(5). */
function parentOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(parent);
}

/** ESRCH comes as a plain error or as `NotFound`, by the call that met it. */
function hasEnded(err: unknown): boolean {
  if (err instanceof Deno.errors.NotFound) return true;
  return err instanceof Error && /ESRCH|os error 3\b|No such process/.test(err.message);
}
