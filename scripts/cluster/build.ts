/**
 * Builds the programs of the test bed once, into `.cache/k8s/`. A folder there is named after all that decides its content, so what is
 * there is right. An interrupted build goes on where it was: Go keeps compiled packages in a cache of its own.
 */
import { ToolError } from "../../tests/shared/run_tool.ts";
import { run } from "./command.ts";
import { hexDigest } from "./digest.ts";
import { exists, listNames, removeTree } from "./files.ts";
import { findGo, type Go, type GoPlan, provideGo } from "./go.ts";
import { programsFolder } from "./layout.ts";
import { readLines } from "./lines.ts";
import { buildEnvironment, buildFlags, type GoModule, goModules, programsOf } from "./programs.ts";
import { formatDuration, LINK_WEIGHT, type Progress, progressLine } from "./progress.ts";
import type { Say } from "./steps.ts";

/** How often a build says how far it is, in milliseconds. */
const REPORT_MS = 15_000;

/** Path of a program. @throws {RangeError} if it is none of {@linkcode goModules} */
export type ProgramPath = (program: string) => string;

/** What a build needs from outside. */
export interface BuildOptions {
  /** Tells people how far it is. */
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/** What {@linkcode ensurePrograms} builds, and for whom. */
export interface EnsureOptions extends BuildOptions {
  /** @default all */
  readonly modules?: readonly GoModule[];
}

/**
 * Builds what is missing.
 *
 * @returns where each program of `modules` is
 * @throws {Error} if something is missing and there is no Go
 * @throws {ToolError} with Go's own words if a build fails
 */
export async function ensurePrograms({ say, signal, modules = goModules }: EnsureOptions): Promise<ProgramPath> {
  const plan = await findGo();
  const paths = new Map<string, string>();
  for (const module of modules) {
    const folder = await builtFolder(module, plan) ?? await build(module, { go: await provideGo(plan), say, signal });
    for (const program of programsOf(module)) paths.set(program, `${folder}/${program}`);
  }
  return programPathOf(paths);
}

/** Where each program that was built is, without building anything. */
export async function findPrograms(): Promise<ProgramPath> {
  const plan = await findGo();
  const paths = new Map<string, string>();
  for (const module of goModules) {
    const folder = await builtFolder(module, plan);
    if (folder !== undefined) { for (const program of programsOf(module)) paths.set(program, `${folder}/${program}`); }
  }
  return programPathOf(paths);
}

/** Why programs are missing and cannot be built here, or `undefined`: all is well. */
export async function buildObstacle(): Promise<string | undefined> {
  const plan = await findGo();
  if (plan.kind !== "none") return undefined;
  const folders = await Promise.all(goModules.map((module) => builtFolder(module, plan)));
  return folders.includes(undefined) ? "needs the command go" : undefined;
}

function programPathOf(paths: ReadonlyMap<string, string>): ProgramPath {
  return (program) => {
    const path = paths.get(program);
    if (path !== undefined) return path;
    throw new RangeError(`Cannot find program "${program}": not built yet, or not in scripts/cluster/programs.ts`);
  };
}

/** Folder of `module` when it is built whole; without Go on this machine, whichever Go built it. */
async function builtFolder(module: GoModule, plan: GoPlan): Promise<string | undefined> {
  const prefix = await folderPrefix(module);
  if (plan.kind !== "none") return await exists(prefix + plan.version) ? prefix + plan.version : undefined;
  const folders = (await listNames(programsFolder())).map((name) => `${programsFolder()}/${name}`);
  return folders.find((folder) => folder.startsWith(prefix) && !folder.endsWith(".part"));
}

async function folderPrefix(module: GoModule): Promise<string> {
  const files = await Promise.all(["go.mod", "go.sum"].map((file) => Deno.readTextFile(`${module.folder}/${file}`)));
  const content = JSON.stringify([files, buildFlags(module), buildEnvironment, module.packages]);
  return `${programsFolder()}/${module.name}-${(await hexDigest(content)).slice(0, 12)}-`;
}

interface GoBuildOptions extends BuildOptions {
  readonly go: Go;
}

async function build(module: GoModule, options: GoBuildOptions): Promise<string> {
  const { go, say } = options;
  const folder = await folderPrefix(module) + go.version;
  const partial = `${folder}.part`;
  await removeTree(partial);
  await Deno.mkdir(partial, { recursive: true });
  const startedMs = performance.now();
  say(`building ${programsOf(module).join(", ")} (once): fetching modules`);
  const total = await countWork(module, options);
  await compile(module, { ...options, partial, total });
  await Deno.rename(partial, folder);
  await removeOlder(module, folder);
  say(`built ${module.name} in ${formatDuration(performance.now() - startedMs)}`);
  return folder;
}

/** Counts packages to compile and programs to link, as {@linkcode Progress} does. */
async function countWork(module: GoModule, { go, signal }: GoBuildOptions): Promise<number> {
  const argv = goCommand(go, ["list", ...buildFlags(module), "-deps", "-f", "{{.Stale}}", ...module.packages]);
  const env = { ...buildEnvironment, ...go.env };
  const listed = await run(argv, { cwd: module.folder, env, ...(signal && { signal }) });
  const stale = listed.split("\n").filter((line) => line === "true").length;
  return stale + LINK_WEIGHT * module.packages.length;
}

interface CompileOptions extends GoBuildOptions {
  /** Gets the programs. */
  readonly partial: string;
  /** Of the work. */
  readonly total: number;
}

async function compile(module: GoModule, { go, partial, total, say, signal }: CompileOptions): Promise<void> {
  const [command, ...args] = goCommand(go, [
    "build",
    "-v",
    ...buildFlags(module),
    "-o",
    `${partial}/`,
    ...module.packages,
  ]);
  const child = new Deno.Command(command, {
    args,
    cwd: module.folder,
    env: { ...buildEnvironment, ...go.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...(signal && { signal }),
  }).spawn();
  const startedMs = performance.now();
  let compiled = 0;
  const progress = (): Progress => {
    const linked = [...Deno.readDirSync(partial)].length;
    return { done: compiled + LINK_WEIGHT * linked, total, elapsedMs: performance.now() - startedMs };
  };
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

/** Leaves the processor to whoever else wants it. */
function goCommand({ program }: Go, args: readonly string[]): [string, ...string[]] {
  return ["nice", "-n", "19", program, ...args];
}

/** Whether a line of `go build -v` names a package that is being compiled. */
function isPackage(line: string): boolean {
  return /^[\w./~-]+$/.test(line);
}

/** Removes what an older go.mod or an older Go built. */
async function removeOlder(module: GoModule, kept: string): Promise<void> {
  for (const name of await listNames(programsFolder())) {
    const folder = `${programsFolder()}/${name}`;
    if (name.startsWith(`${module.name}-`) && folder !== kept) await removeTree(folder);
  }
}
