/** Processes of this machine, as `/proc` shows them. Like ps(1). */

/** A process. */
export interface Process {
  readonly pid: number;
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
    return argv.length === 0 ? undefined : { pid, argv, pidNamespace: Deno.readLinkSync(`/proc/${pid}/ns/pid`) };
  } catch (err) {
    if (hasEnded(err) || err instanceof Deno.errors.PermissionDenied) return undefined;
    throw err;
  }
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

/** ESRCH comes as a plain error or as `NotFound`, by the call that met it. */
function hasEnded(err: unknown): boolean {
  if (err instanceof Deno.errors.NotFound) return true;
  return err instanceof Error && /ESRCH|os error 3\b|No such process/.test(err.message);
}
