import { basename, join } from "node:path";
import { checksumsFile, libraryFolder } from "../../plugins/install/names.ts";
import { parseChecksums } from "../../plugins/install/checksums.ts";
import { bundleSource } from "./bundle_source.ts";
import { digestOf, type FileDigest, formatChecksums } from "./checksums.ts";
import { compileSource } from "./compile.ts";
import { sha256 } from "./digest.ts";
import type { Executable } from "./executables.ts";
import { flagsOf } from "./flags.ts";
import { launcherText } from "./launcher.ts";
import { NoBaseBinaryError, type Toolchain } from "./toolchain.ts";
import { writeAtomically } from "./write_file.ts";

/** `compile`: one file each. `bundle`: launchers and bundles beside one Deno. */
export type Format = "compile" | "bundle";

/** What is asked for: `auto` is `compile` where a base binary can be had. */
export const formats = ["auto", "compile", "bundle"] as const;

/** What {@linkcode build} makes. */
export interface BuildOptions {
  readonly executables: readonly Executable[];
  readonly format: typeof formats[number];
  /** Folder for the result; what an earlier build left there goes. */
  readonly outDir: string;
  /** For `--version`. */
  readonly commit: string;
}

/** What {@linkcode build} takes from this machine. */
export interface BuildDeps {
  obtainToolchain(): Promise<Toolchain>;
  say(line: string): void;
}

/** What was built. */
export interface Built {
  readonly format: Format;
  readonly files: readonly FileDigest[];
}

/**
 * Builds executables into a folder, with a list of checksums.
 *
 * @throws {NoBaseBinaryError} for format `compile` when there is no base binary
 */
export async function build(options: BuildOptions, deps: BuildDeps): Promise<Built> {
  const toolchain = await toolchainFor(options.format, deps);
  const files = toolchain === undefined ? await bundleAll(options) : await compileAll(options, toolchain);
  removeOld(options.outDir, new Set(files.map(({ path }) => path)));
  writeText(join(options.outDir, checksumsFile), formatChecksums(files));
  return { format: toolchain === undefined ? "bundle" : "compile", files };
}

/** `undefined` means that no base binary is wanted or, for `auto`, to be had. */
async function toolchainFor(format: BuildOptions["format"], deps: BuildDeps): Promise<Toolchain | undefined> {
  if (format === "bundle") return undefined;
  try {
    return await deps.obtainToolchain();
  } catch (err) {
    if (format === "compile" || !(err instanceof NoBaseBinaryError)) throw err;
    deps.say(err.message);
    deps.say("Falling back to format bundle");
    return undefined;
  }
}

async function compileAll({ executables, outDir, commit }: BuildOptions, toolchain: Toolchain): Promise<FileDigest[]> {
  const files: FileDigest[] = [];
  for (const { name, entry, ...rest } of executables) {
    const source = await bundleSource({ name, entry }, { commit });
    const permissions = flagsOf(rest, toolchain.denoVersion);
    const bytes = await compileSource(source, { name, permissions, toolchain });
    files.push(await write({ outDir, path: name, bytes, mode: 0o755 }));
  }
  return files;
}

/** A launcher comes last: what it starts is there. */
async function bundleAll({ executables, outDir, commit }: BuildOptions): Promise<FileDigest[]> {
  const deno = await copyDeno(outDir);
  const files = [deno];
  for (const { name, entry, ...rest } of executables) {
    const bytes = await bundleSource({ name, entry }, { commit });
    const script = `${name}-${(await sha256(bytes)).slice(0, 16)}.js`;
    const permissions = flagsOf(rest, Deno.version.deno);
    const text = launcherText({ deno: basename(deno.path), script, permissions });
    files.push(await write({ outDir, path: `${libraryFolder}/${script}`, bytes, mode: 0o644 }));
    files.push(await write({ outDir, path: name, bytes: new TextEncoder().encode(text), mode: 0o755 }));
  }
  return files;
}

async function copyDeno(outDir: string): Promise<FileDigest> {
  const bytes = await Deno.readFile(Deno.execPath());
  const name = `deno-${Deno.version.deno}-${(await sha256(bytes)).slice(0, 16)}`;
  return await write({ outDir, path: `${libraryFolder}/${name}`, bytes, mode: 0o755 });
}

interface Output {
  readonly outDir: string;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: number;
}

async function write({ outDir, path, bytes, mode }: Output): Promise<FileDigest> {
  writeAtomically(join(outDir, path), { bytes, mode });
  return await digestOf({ path, bytes });
}

/** Removes what the list of an earlier build names and this one did not write. Anything else is not ours. */
function removeOld(outDir: string, keep: ReadonlySet<string>): void {
  for (const path of parseChecksums(readIfThere(join(outDir, checksumsFile))).keys()) {
    if (!keep.has(path)) removeIfThere(join(outDir, path));
  }
}

function writeText(path: string, text: string): void {
  writeAtomically(path, { bytes: new TextEncoder().encode(text), mode: 0o644 });
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return "";
    throw err;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
  }
}
