import { join } from "node:path";
import { verify } from "../build/digest.ts";
import { withTempFolder } from "../build/folders.ts";
import { runCommand } from "../build/run_command.ts";
import { writeAtomically } from "../build/write_file.ts";

/** A package as apt's lists describe it; they are signed by the distribution. */
export interface DebianPackage {
  /** As apt names the file in its own cache. */
  readonly file: string;
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Reads what `apt-get download --print-uris` prints: `'<address>' <file> <size> SHA256:<digest>`.
 *
 * @throws {Error} for a line without a SHA-256
 */
export function parseUris(text: string): DebianPackage[] {
  return text.split("\n").filter((line) => line.startsWith("'")).map((line) => {
    const [, file, digest] = /^'[^']+' ([\w.+%~-]+) \d+ SHA256:([0-9a-f]{64})$/.exec(line.trim()) ?? [];
    if (file !== undefined && digest !== undefined) return { file, sha256: digest };
    throw new Error(`Cannot fetch a package: apt tells no SHA-256 in ${JSON.stringify(line)}`);
  });
}

/**
 * Unpacks packages of the distribution, without their scripts and dependencies, into a folder.
 *
 * @param options `cacheDir` keeps the package files; `to` is made
 * @throws {Error} where there is no apt, or it does not know or get a package
 */
export async function unpackPackages(
  names: readonly string[],
  { cacheDir, to }: { readonly cacheDir: string; readonly to: string },
): Promise<void> {
  await Deno.mkdir(cacheDir, { recursive: true });
  const packages = await describe(names);
  if (packages.length !== names.length) {
    throw new Error(`Cannot fetch ${names.join(", ")}: apt knows ${packages.length} of them; run apt-get update`);
  }
  for (const name of names) {
    const wanted = packages.find(({ file }) => file.startsWith(`${name}_`));
    if (wanted === undefined) throw new Error(`Cannot fetch ${name}: apt names no file of it`);
    const path = join(cacheDir, wanted.file);
    await haveFile({ path, name, cacheDir, expected: wanted.sha256 });
    await runCommand(["dpkg-deb", "--extract", path, to]);
    const control = await runCommand(["dpkg-deb", "--field", path]);
    const status = join(to, "var/lib/dpkg/status.d", name);
    writeAtomically(status, { bytes: new TextEncoder().encode(control), mode: 0o644 });
  }
}

/** Without lists, as on a machine where nobody has used apt yet, they are fetched once. */
async function describe(names: readonly string[]): Promise<DebianPackage[]> {
  // in an empty folder: apt says nothing of files that are there
  const ask = () => withTempFolder((folder) => aptDownload(["--print-uris", ...names], folder));
  try {
    return parseUris(await ask());
  } catch (err) {
    if (Deno.uid() !== 0) throw err;
    await runCommand(["apt-get", "--quiet=2", "update"]);
    return parseUris(await ask());
  }
}

interface WantedFile {
  readonly path: string;
  readonly name: string;
  readonly cacheDir: string;
  readonly expected: string;
}

/** Apt checks what it downloads; what is in the cache is checked here. */
async function haveFile({ path, name, cacheDir, expected }: WantedFile): Promise<void> {
  const isThere = await Deno.stat(path).then(() => true, () => false);
  if (!isThere) await aptDownload([name], cacheDir);
  await verify(await Deno.readFile(path), { what: path, expected });
}

async function aptDownload(args: readonly string[], folder: string): Promise<string> {
  // root would only warn that its sandbox user cannot write here
  const command = ["apt-get", "--quiet=2", "--option", "APT::Sandbox::User=root", "download", ...args] as const;
  return await runCommand(command, { cwd: folder });
}

/** Architecture of the distribution, such as `amd64`, which is also how OCI spells it. */
export async function debianArchitecture(): Promise<string> {
  return (await runCommand(["dpkg", "--print-architecture"])).trim();
}
