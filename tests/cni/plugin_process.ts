import { buildForTests } from "../shared/executable.ts";

/** How a plugin ended. */
export interface PluginRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a runtime gives a plugin. */
export interface PluginInput {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text, or a value that is written as JSON. */
  readonly stdin?: unknown;
}

/** A plugin on disk. */
export interface BuiltPlugin {
  readonly path: string;
  /** Runs it with an environment that has nothing but `env`. */
  run(input: PluginInput): Promise<PluginRun>;
}

const paths = new Map<string, Promise<string>>();

/** Builds the executable `name` once for all tests of this process. */
export async function builtPlugin(name: string): Promise<BuiltPlugin> {
  const building = paths.get(name) ?? buildForTests(name);
  paths.set(name, building);
  const path = await building;
  return { path, run: (input) => runPlugin(path, input) };
}

/** How a plugin is started. */
export interface RunOptions {
  /** Where the path is that of a program which starts the plugin. */
  readonly args?: readonly string[];
  /** After so many milliseconds the process is killed. */
  readonly killAfterMs?: number;
}

/** Runs the plugin at `path`. */
export async function runPlugin(
  path: string,
  { env = {}, stdin = "" }: PluginInput,
  { args = [], killAfterMs }: RunOptions = {},
): Promise<PluginRun> {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const command = new Deno.Command(path, {
    args: [...args],
    clearEnv: true,
    env: given,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  const text = typeof stdin === "string" ? stdin : JSON.stringify(stdin);
  await writer.write(new TextEncoder().encode(text)).then(() => writer.close()).catch(() => {}); // it may not read stdin
  const killing = killAfterMs === undefined ? undefined : setTimeout(() => killIfRunning(child), killAfterMs);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(killing);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function killIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (err) {
    if (!(err instanceof TypeError)) throw err; // it ended by itself
  }
}
