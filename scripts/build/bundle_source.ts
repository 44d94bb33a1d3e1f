import { join } from "node:path";
import { commitStamp } from "../../net/base/version.ts";
import type { Executable } from "./executables.ts";
import { repository, withTempFolder } from "./folders.ts";
import { runCommand } from "./run_command.ts";

/** How {@linkcode bundleSource} bundles. */
export interface BundleSourceOptions {
  /** Commit that `--version` tells. @default none: it tells `source` */
  readonly commit?: string;
}

/**
 * Puts an executable and all it imports into one JavaScript file.
 *
 * @throws {Error} with the bundler's own words when it fails
 */
export async function bundleSource(
  { name, entry }: Pick<Executable, "name" | "entry">,
  { commit }: BundleSourceOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const code = await withTempFolder(async (folder) => {
    const output = join(folder, `${name}.js`);
    const args = ["bundle", "--quiet", "--platform=deno", "--output", output, entry];
    await runCommand([Deno.execPath(), ...args], { cwd: repository, env: { NO_COLOR: "1" } })
      .catch((err) => {
        throw new Error(`Cannot bundle ${entry}: ${err.message}`, { cause: err });
      });
    return await Deno.readTextFile(output);
  });
  return new TextEncoder().encode(commit === undefined ? code : withCommit(code, commit));
}

/**
 * Replaces the stamp of {@link file://../../net/base/version.ts}.
 *
 * @throws {Error} if it is not there exactly once
 */
export function withCommit(code: string, commit: string): string {
  const parts = code.split(commitStamp);
  if (parts.length !== 2) {
    throw new Error(`Cannot stamp the bundle: it holds ${JSON.stringify(commitStamp)} ${parts.length - 1} times`);
  }
  return parts.join(commitStamp.replace(/:.*/, `:${commit}`));
}
