/** Runs commands of the system. */
import { ToolError } from "../../tests/shared/run_tool.ts";

/** How to run a command. */
export interface CommandOptions {
  /** Written to its standard input. @default nothing */
  readonly stdin?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How a command ended and what it said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, however that is. @throws {Deno.errors.NotFound} if there is no such command */
export async function runFreely(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [command = "", ...args] = argv;
  const { stdin, env = {}, cwd, signal } = options;
  signal?.throwIfAborted();
  const child = new Deno.Command(command, {
    args,
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) await feed(child, stdin);
  const { code, stdout, stderr } = await child.output();
  signal?.throwIfAborted();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a command. @returns what it printed @throws {ToolError} with its own words if it fails */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runFreely(argv, options);
  if (code !== 0) throw new ToolError(argv.join(" "), code, stderr || stdout);
  return stdout;
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BrokenPipe)) throw err; // it ended without reading; its exit status tells why
  }
}
