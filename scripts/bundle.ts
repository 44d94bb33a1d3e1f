import { join, resolve } from "node:path";
import { bundleSource } from "./build/bundle_source.ts";
import { sha256 } from "./build/digest.ts";
import { type Executable, executablesOf } from "./build/executables.ts";
import { flagsOf } from "./build/flags.ts";
import { repository } from "./build/folders.ts";
import { quote, runFlags } from "./build/launcher.ts";
import { writeAtomically } from "./build/write_file.ts";
import { printLine } from "./print.ts";

export { type Executable, executables } from "./build/executables.ts";

/** Where a bundle goes. */
export interface BundleOptions {
  /** Gets the launcher; made when missing. */
  readonly outDir: string;
  /** Gets bundles, by content, and Deno's compiled code. @default `.cache/bundle` of the repository */
  readonly cacheDir?: string;
}

/**
 * Bundles `executable` and writes a launcher that starts it with the Deno that runs this: for tests and development.
 * `deno task build` makes what can be moved to another machine. Both files appear at once and whole, so a plugin that is
 * running, or is started meanwhile, never sees half of one.
 *
 * @returns path of the launcher
 * @throws {Error} with the bundler's own words when it fails
 */
export async function bundleExecutable(executable: Executable, options: BundleOptions): Promise<string> {
  const { outDir, cacheDir = join(repository, ".cache", "bundle") } = options;
  const code = await bundleSource(executable);
  const script = resolve(cacheDir, `${executable.name}-${(await sha256(code)).slice(0, 16)}.js`);
  writeAtomically(script, { bytes: code, mode: 0o644 });
  const launcher = resolve(outDir, executable.name);
  const permissions = flagsOf(executable, Deno.version.deno);
  const text = launcherText({ script, permissions, denoDir: resolve(cacheDir, "deno") });
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

if (import.meta.main) {
  const [outDir = join(repository, "dist"), ...names] = Deno.args;
  for (const executable of executablesOf(names)) printLine(await bundleExecutable(executable, { outDir }));
}
