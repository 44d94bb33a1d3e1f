/**
 * Builds the programs of the test bed once, into `.cache/k8s/`. A folder there is named after all that decides its content, so what is
 * there is right. An interrupted build goes on where it was: Go keeps compiled packages in a cache of its own.
 */
import { ToolError } from "../../tests/shared/run_tool.ts";
import { run } from "./command.ts";
import { hexDigest } from "./digest.ts";
import { exists, removeTree } from "./files.ts";
import { programsFolder } from "./layout.ts";
import { readLines } from "./lines.ts";
import { buildEnvironment, buildFlags, type GoModule, goModules, programsOf } from "./programs.ts";
import { formatDuration, LINK_WEIGHT, type Progress, progressLine } from "./progress.ts";

/** Oldest Go that builds them. */
const GO_MINOR = 24;

/** How often a build says how far it is, in milliseconds. */
const REPORT_MS = 15_000;

/** Path of a program. @throws {RangeError} if it is none of {@linkcode goModules} */
export type ProgramPath = (program: string) => string;

/** What a build needs from outside. */
export interface BuildOptions {
  /** Tells people how far it is. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Builds what is missing.
 *
 * @returns where each program is
 * @throws {Error} if Go is missing or too old
 * @throws {ToolError} with Go's own words if a build fails
 */
export async function ensurePrograms(options: BuildOptions): Promise<ProgramPath> {
  const goVersion = await findGoVersion();
  const paths = new Map<string, string>();
  for (const module of goModules) {
    const folder = await builtFolder(module, goVersion) ?? await build(module, { ...options, goVersion });
    for (const program of programsOf(module)) paths.set(program, `${folder}/${program}`);
  }
  return (program) => {
    const path = paths.get(program);
    if (path === undefined) throw new RangeError(`Cannot find program "${program}": it is not in scripts/cluster/programs.ts`);
    return path;
  };
}

/** Why programs are missing and cannot be built here, or `undefined`: all is well. */
export async function buildObstacle(): Promise<string | undefined> {
  const goVersion = await findGoVersion();
  for (const module of goModules) {
    if (await builtFolder(module, goVersion) === undefined) {
      const obstacle = goObstacle(goVersion);
      if (obstacle !== undefined) return obstacle;
    }
  }
  return undefined;
}

/** Why Go of this version cannot build, or `undefined`. @param goVersion such as `go1.26.8`; `undefined`: there is none */
export function goObstacle(goVersion: string | undefined): string | undefined {
  if (goVersion === undefined) return `needs Go 1.${GO_MINOR} or newer: no command go`;
  const minor = Number(/^go1\.(\d+)/.exec(goVersion)?.[1] ?? 0);
  return minor >= GO_MINOR ? undefined : `needs Go 1.${GO_MINOR} or newer: this one is ${goVersion}`;
}

async function findGoVersion(): Promise<string | undefined> {
  try {
    return (await run(["go", "env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } })).trim();
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}

/** Folder of `module` when it is built whole; without Go on this machine, whichever Go built it. */
async function builtFolder(module: GoModule, goVersion: string | undefined): Promise<string | undefined> {
  const prefix = await folderPrefix(module);
  if (goVersion !== undefined) return await exists(prefix + goVersion) ? prefix + goVersion : undefined;
  for (const { name } of await listFolder(programsFolder())) {
    const folder = `${programsFolder()}/${name}`;
    if (folder.startsWith(prefix) && !name.endsWith(".part")) return folder;
  }
  return undefined;
}

async function folderPrefix(module: GoModule): Promise<string> {
  const files = await Promise.all(["go.mod", "go.sum"].map((file) => Deno.readTextFile(`${module.folder}/${file}`)));
  const content = JSON.stringify([files, buildFlags(module), buildEnvironment, module.packages]);
  return `${programsFolder()}/${module.name}-${(await hexDigest(content)).slice(0, 12)}-`;
}

async function build(module: GoModule, options: BuildOptions & { goVersion: string | undefined }): Promise<string> {
  const { goVersion, say, signal } = options;
  const obstacle = goObstacle(goVersion);
  if (obstacle !== undefined) throw new Error(`Cannot build ${module.name}: ${obstacle}`);
  const folder = `${await folderPrefix(module)}${goVersion}`;
  const partial = `${folder}.part`;
  await Deno.mkdir(partial, { recursive: true });
  const startedMs = performance.now();
  say(`building ${programsOf(module).join(", ")} (once): fetching modules`);
  const total = await countWork(module, signal);
  await compile(module, { partial, total, say, signal });
  await Deno.rename(partial, folder);
  await removeOlder(module, folder);
  say(`built ${module.name} in ${formatDuration(performance.now() - startedMs)}`);
  return folder;
}

/** Counts packages to compile and programs to link, as {@linkcode Progress} does. */
async function countWork(module: GoModule, signal: AbortSignal | undefined): Promise<number> {
  const argv = ["nice", "-n", "19", "go", "list", ...buildFlags(module), "-deps", "-f", "{{.Stale}}", ...module.packages];
  const listed = await run(argv, { cwd: module.folder, env: buildEnvironment, ...(signal && { signal }) });
  const stale = listed.split("\n").filter((line) => line === "true").length;
  return stale + LINK_WEIGHT * module.packages.length;
}

interface CompileOptions extends Pick<BuildOptions, "say"> {
  readonly partial: string;
  readonly total: number;
  readonly signal: AbortSignal | undefined;
}

async function compile(module: GoModule, { partial, total, say, signal }: CompileOptions): Promise<void> {
  const args = ["-n", "19", "go", "build", "-v", ...buildFlags(module), "-o", `${partial}/`, ...module.packages];
  const child = new Deno.Command("nice", {
    args,
    cwd: module.folder,
    env: { ...buildEnvironment },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...(signal && { signal }),
  }).spawn();
  const startedMs = performance.now();
  let compiled = 0;
  const progress = (): Progress => ({ done: compiled, total, elapsedMs: performance.now() - startedMs });
  const timer = setInterval(() => say(`building ${module.name}: ${progressLine(progress())}`), REPORT_MS);
  const messages: string[] = [];
  try {
    for await (const line of readLines(child.stderr)) {
      if (isPackage(line)) compiled++;
      else messages.push(line);
    }
  } finally {
    clearInterval(timer);
  }
  const { code } = await child.status;
  signal?.throwIfAborted();
  if (code !== 0) throw new ToolError(`go build for ${module.name}`, code, messages.slice(-20).join("\n"));
}

/** Whether a line of `go build -v` names a package that is being compiled. */
function isPackage(line: string): boolean {
  return /^[\w./~-]+$/.test(line);
}

/** Removes what an older go.mod or an older Go built. */
async function removeOlder(module: GoModule, kept: string): Promise<void> {
  for (const { name } of await listFolder(programsFolder())) {
    const folder = `${programsFolder()}/${name}`;
    if (name.startsWith(`${module.name}-`) && folder !== kept) await removeTree(folder);
  }
}

async function listFolder(folder: string): Promise<Deno.DirEntry[]> {
  return await exists(folder) ? await Array.fromAsync(Deno.readDir(folder)) : [];
}
