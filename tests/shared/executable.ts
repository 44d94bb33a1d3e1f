import { join } from "node:path";
import { bundleSource } from "../../scripts/build/bundle_source.ts";
import { compileSource } from "../../scripts/build/compile.ts";
import { type Executable, executablesOf } from "../../scripts/build/executables.ts";
import { repository } from "../../scripts/build/folders.ts";
import { permissionFlags } from "../../scripts/build/permissions.ts";
import { systemToolchain } from "../../scripts/build/system_toolchain.ts";
import { writeAtomically } from "../../scripts/build/write_file.ts";
import { bundleExecutable } from "../../scripts/bundle.ts";

/** Formats that tests can run. */
export type TestFormat = "bundle" | "compile";

/**
 * The format that `SPIDERPOOL_TEST_FORMAT` names. Without it the plugin is a bundle, because that is how a runtime can call it,
 * and the agent runs from its source.
 *
 * @throws {Error} if there is no such format
 */
export function testFormat(): TestFormat | undefined {
  const format = Deno.env.get("SPIDERPOOL_TEST_FORMAT") || undefined;
  if (format === undefined || format === "bundle" || format === "compile") return format;
  throw new Error(`Cannot use SPIDERPOOL_TEST_FORMAT=${format}: it is bundle or compile`);
}

/** A folder where bundles are already, for a place that has no bundler: `SPIDERPOOL_TEST_BUILT` names it. */
export function builtFolder(): string | undefined {
  return Deno.env.get("SPIDERPOOL_TEST_BUILT") || undefined;
}

/** How to start the agent in {@linkcode testFormat}; `undefined` for its source. */
export async function agentCommand(): Promise<readonly string[] | undefined> {
  return runsSource() ? undefined : [await buildForTests("spiderpool-agent")];
}

/** Where to make the folder of an agent's socket: one that is built may write below `/run` only. */
export function tempParent(): { readonly dir?: string } {
  return runsSource() ? {} : { dir: "/run" };
}

function runsSource(): boolean {
  return testFormat() === undefined && builtFolder() === undefined;
}

/**
 * Builds the executable `name` for tests, into a folder of its own for each format; bundles in {@linkcode builtFolder} are taken
 * as they are.
 *
 * @returns its path; other executables of that format are in the same folder
 * @throws {Error} if it cannot be built
 */
export async function buildForTests(name: string, format: TestFormat = testFormat() ?? "bundle"): Promise<string> {
  const [executable] = executablesOf([name]);
  if (executable === undefined) throw new Error(`Cannot build ${name}: there is no such executable`);
  const built = builtFolder();
  if (built !== undefined && format === "bundle") return join(built, name);
  const outDir = join(repository, ".cache", "tests", format);
  return format === "bundle"
    ? await bundleExecutable(executable, { outDir })
    : await compileExecutable(executable, outDir);
}

async function compileExecutable({ name, entry, needs }: Executable, outDir: string): Promise<string> {
  const toolchain = await systemToolchain(() => undefined);
  const permissions = permissionFlags(needs, toolchain.denoVersion);
  const bytes = await compileSource(await bundleSource({ name, entry }), { name, permissions, toolchain });
  const path = join(outDir, name);
  writeAtomically(path, { bytes, mode: 0o755 });
  return path;
}
