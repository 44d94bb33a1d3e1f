/**
 * Builds the executables: `deno task build [--format auto|compile|bundle] [--out dist] [name…]`.
 *
 * @module
 */
import { Command, Option } from "commander";
import { resolve } from "node:path";
import { build, type BuildOptions, type Built, formats } from "./build/build.ts";
import { currentCommit } from "./build/commit.ts";
import { executables, executablesOf } from "./build/executables.ts";
import { repository } from "./build/folders.ts";
import { systemToolchain } from "./build/system_toolchain.ts";
import { printLine } from "./print.ts";

/** What the command line says. */
interface BuildFlags {
  readonly format: BuildOptions["format"];
  readonly out: string;
}

async function run(names: readonly string[], { format, out }: BuildFlags): Promise<void> {
  const outDir = resolve(repository, out);
  const options = { executables: executablesOf(names), format, outDir, commit: await currentCommit() };
  const built = await build(options, { obtainToolchain: () => systemToolchain(printLine), say: printLine });
  printBuilt(built, outDir);
}

function printBuilt({ format, files }: Built, outDir: string): void {
  printLine(`built ${outDir}, format ${format}:`);
  for (const { path, size } of files) printLine(`  ${(size / 1e6).toFixed(2).padStart(8)} MB  ${path}`);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  printLine(`  ${(total / 1e6).toFixed(2).padStart(8)} MB  together; checksums in SHA256SUMS`);
}

function createCli(): Command {
  const names = executables.map(({ name }) => name).join(", ");
  return new Command("deno task build")
    .description("Builds executables")
    .addOption(new Option("--format <format>", "one file each, or beside one Deno").choices(formats).default("auto"))
    .option("--out <folder>", "where they go, from the root of the repository", "dist")
    .argument("[name...]", `executables to build (default: ${names})`)
    .action(run);
}

if (import.meta.main) {
  try {
    await createCli().parseAsync([...Deno.args], { from: "user" });
  } catch (err) {
    printLine(err instanceof Error ? err.message : String(err));
    Deno.exit(1);
  }
}
