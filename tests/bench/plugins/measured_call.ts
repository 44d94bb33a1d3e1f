/** One call of a CNI plugin as a process, with what it cost. */

/** What is called. */
export interface MeasuredCommand {
  /** Path and arguments of the program. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** How it went. */
export interface MeasuredCall {
  /** From the start of the process to its end. */
  readonly milliseconds: number;
  readonly stdout: string;
}

/** Runs it to its end. @throws {Error} with its own words if it fails */
export async function callMeasured(command: MeasuredCommand): Promise<MeasuredCall> {
  const startMs = performance.now();
  const child = await start(command);
  const output = await child.output();
  return { milliseconds: performance.now() - startMs, stdout: textOf(command, output) };
}

/** Runs it and follows how much memory it holds. @returns the most of it that was resident, in megabytes (2^20) */
export async function peakMemoryOf(command: MeasuredCommand): Promise<number> {
  const child = await start(command);
  let isRunning = true;
  const ended = child.output().finally(() => isRunning = false);
  let kilobytes = 0;
  while (isRunning) {
    kilobytes = Math.max(kilobytes, residentPeak(child.pid) ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  textOf(command, await ended);
  return kilobytes / 1024;
}

async function start({ argv: [program = "", ...args], env, stdin }: MeasuredCommand): Promise<Deno.ChildProcess> {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(program, { args, clearEnv: true, env: { ...env }, ...pipes }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => undefined); // it may have ended
  return child;
}

function textOf({ argv }: MeasuredCommand, { success, stdout, stderr }: Deno.CommandOutput): string {
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (!success) throw new Error(`Cannot measure ${argv.join(" ")}: it says ${said || complained}`);
  return said ?? "";
}

/** `VmHWM` in kilobytes; `undefined` when the process has ended. Source: proc_pid_status(5). */
function residentPeak(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || isGone(err)) return undefined;
    throw err;
  }
}

/** Reading of a process that ends just now fails with ESRCH. */
function isGone(err: unknown): boolean {
  return err instanceof Error && "code" in err && err.code === "ESRCH";
}
