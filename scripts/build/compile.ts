import { join } from "node:path";
import { withTempFolder } from "./folders.ts";
import { runFlags } from "./launcher.ts";
import { runCommand } from "./run_command.ts";
import type { Toolchain } from "./toolchain.ts";

/** What {@linkcode compileSource} compiles, and how. */
export interface CompileOptions {
  /** File name of the executable. */
  readonly name: string;
  /** Flags that the executable is to run with. */
  readonly permissions: readonly string[];
  readonly toolchain: Pick<Toolchain, "deno" | "base">;
}

/** Without a code cache: it would be a file in the folder for temporary files that a later run trusts. */
const compileFlags = [...runFlags, "--no-code-cache"];

/**
 * Makes an executable of one JavaScript file. Bundle first: `deno compile` of a graph with many packages is larger, and
 * Deno 2.7 overflows its stack on it.
 *
 * @throws {Error} with the compiler's own words when it fails
 */
export async function compileSource(
  source: Uint8Array,
  { name, permissions, toolchain }: CompileOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return await withTempFolder(async (folder) => {
    const module = `${name}.js`;
    await Deno.writeFile(join(folder, module), source);
    await Deno.utime(join(folder, module), 0, 0); // the executable holds it, and would differ from build to build
    const args = ["compile", ...compileFlags, ...permissions, "--output", "executable", module];
    const env = {
      NO_COLOR: "1",
      DENORT_BIN: toolchain.base,
      DENO_DIR: join(folder, "deno"),
      DENO_NO_UPDATE_CHECK: "1",
    };
    await runCommand([toolchain.deno, ...args], { cwd: folder, env });
    return await Deno.readFile(join(folder, "executable"));
  });
}
