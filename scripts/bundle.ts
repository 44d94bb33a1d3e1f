import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A program that is shipped as one JavaScript file and a launcher. */
export interface Executable {
  /** File name of the launcher, such as `spiderpool`. */
  readonly name: string;
  /** Entry module, relative to the repository. */
  readonly entry: string;
  /** Permission flags of `deno run`. */
  readonly permissions: readonly string[];
}

/**
 * What can be bundled.
 *
 * `spiderpool` starts with all permissions, because Deno lets nobody else look at a network namespace below `/proc`
 * (`--allow-read=/proc/…` is refused, and so is `--allow-all` with any `--deny-…`). It looks at the two namespaces first and then gives away
 * run, sys, ffi and import, before it reads its configuration or talks to anyone.
 * `spiderpool-agent` needs sys for the umask under which it makes its socket.
 */
export const executables: readonly Executable[] = [
  { name: "spiderpool", entry: "plugins/spiderpool/main.ts", permissions: ["--allow-all"] },
  {
    name: "spiderpool-agent",
    entry: "agent/main.ts",
    permissions: ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-sys"],
  },
];

/** Where a bundle goes. */
export interface BundleOptions {
  /** Gets the launcher; made when missing. */
  readonly outDir: string;
  /** Gets bundles, by content, and Deno's compiled code. @default `.cache/bundle` of the repository */
  readonly cacheDir?: string;
}

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** A bundle is whole: nothing is looked up when it runs, which also makes it start faster. */
const runFlags = ["--no-config", "--no-lock", "--no-remote", "--no-npm", "--cached-only", "--no-prompt", "--quiet"];

/**
 * Bundles `executable` and writes its launcher. Both appear at once and whole, so a plugin that is running, or is
 * started meanwhile, never sees half of one.
 *
 * @returns path of the launcher
 * @throws {Error} with the bundler's own words when it fails
 */
export async function bundleExecutable(executable: Executable, options: BundleOptions): Promise<string> {
  const { outDir, cacheDir = join(repository, ".cache", "bundle") } = options;
  const code = await bundle(executable);
  const script = resolve(cacheDir, `${executable.name}-${await digestOf(code)}.js`);
  writeAtomically(script, { bytes: code, mode: 0o644 });
  const launcher = resolve(outDir, executable.name);
  const text = launcherText({ script, permissions: executable.permissions, denoDir: resolve(cacheDir, "deno") });
  writeAtomically(launcher, { bytes: new TextEncoder().encode(text), mode: 0o755 });
  return launcher;
}

/** What a launcher starts. */
export interface Launch {
  readonly script: string;
  readonly permissions: readonly string[];
  /** Where Deno keeps compiled code: without it every start compiles again, which costs 5 ms. */
  readonly denoDir: string;
}

/** A shell script that becomes `deno run`. */
export function launcherText({ script, permissions, denoDir }: Launch): string {
  const command = [Deno.execPath(), "run", ...runFlags, ...permissions, script].map(quote).join(" ");
  return `#!/bin/sh\nDENO_DIR=${quote(denoDir)} DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 exec ${command} "$@"\n`;
}

async function bundle({ name, entry }: Executable): Promise<Uint8Array<ArrayBuffer>> {
  const directory = Deno.makeTempDirSync({ prefix: "bundle-" });
  try {
    const output = join(directory, `${name}.js`);
    const args = ["bundle", "--quiet", "--platform=deno", "--output", output, entry];
    const result = await new Deno.Command(Deno.execPath(), { args, cwd: repository, stdout: "piped", stderr: "piped" })
      .output();
    if (!result.success) {
      throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(result.stderr).trim()}`);
    }
    return Deno.readFileSync(output);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

function writeAtomically(path: string, { bytes, mode }: { bytes: Uint8Array; mode: number }): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  Deno.writeFileSync(temporary, bytes, { mode });
  Deno.chmodSync(temporary, mode); // the umask may have taken some of it
  Deno.renameSync(temporary, path);
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

if (import.meta.main) {
  const [outDir = join(repository, "dist"), ...names] = Deno.args;
  const chosen = executables.filter(({ name }) => names.length === 0 || names.includes(name));
  const unknown = names.filter((name) => !executables.some((executable) => executable.name === name));
  if (unknown.length > 0) throw new Error(`Cannot bundle ${unknown.join(", ")}: no such executable`);
  for (const executable of chosen) {
    const launcher = await bundleExecutable(executable, { outDir });
    Deno.stdout.writeSync(new TextEncoder().encode(`${launcher}\n`));
  }
}
