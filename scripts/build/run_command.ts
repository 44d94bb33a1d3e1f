/** Where and with what a command runs. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it after this many milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
}

/**
 * Runs a command to its end.
 *
 * @returns what it printed on stdout
 * @throws {Error} with its own words when it fails, is not there, or takes too long
 */
export async function runCommand(
  command: readonly [string, ...string[]],
  { cwd, env, timeoutMs }: CommandOptions = {},
): Promise<string> {
  const [program, ...args] = command;
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const options = { args, stdin: "null", ...(cwd && { cwd }), ...(env && { env }), ...(signal && { signal }) } as const;
  const { success, stdout, stderr } = await outputOf(program, options);
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  const late = signal?.aborted ? `it took more than ${timeoutMs} ms; ` : "";
  throw new Error(`Cannot run ${program} ${args[0] ?? ""}: ${late}${lastLines(decoder.decode(stderr))}`);
}

async function outputOf(program: string, options: Deno.CommandOptions): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(program, options).output();
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
    throw new Error(`Cannot run ${program}: it is not installed`, { cause: err });
  }
}

/** What a command says last is what went wrong. */
function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}
