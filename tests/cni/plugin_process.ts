import { bundleExecutable, executables } from "../../scripts/bundle.ts";

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

/** A bundled plugin on disk. */
export interface BundledPlugin {
  /** Runs it with an environment that has nothing but `env`. */
  run(input: PluginInput): Promise<PluginRun>;
}

const folders = new Map<string, Promise<string>>();

/** Bundles the executable `name` once for all tests of this process. */
export async function bundledPlugin(name: string): Promise<BundledPlugin> {
  const launcher = folders.get(name) ?? bundleOnce(name);
  folders.set(name, launcher);
  const path = await launcher;
  return { run: (input) => runLauncher(path, input) };
}

async function bundleOnce(name: string): Promise<string> {
  const executable = executables.find((candidate) => candidate.name === name);
  if (executable === undefined) throw new Error(`Cannot bundle ${name}: no such executable`);
  const outDir = new URL("../../.cache/tests/cni-bin", import.meta.url).pathname;
  return await bundleExecutable(executable, { outDir });
}

async function runLauncher(path: string, { env = {}, stdin = "" }: PluginInput): Promise<PluginRun> {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const command = new Deno.Command(path, {
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
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
