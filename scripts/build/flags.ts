import type { Executable } from "./executables.ts";
import { permissionFlags } from "./permissions.ts";

/**
 * Flags with which an executable runs: its permissions, and what V8 is told.
 *
 * @param version of the Deno that runs it
 */
export function flagsOf({ needs, v8Flags = [] }: Pick<Executable, "needs" | "v8Flags">, version: string): string[] {
  const permissions = permissionFlags(needs, version);
  return v8Flags.length === 0 ? [...permissions] : [...permissions, `--v8-flags=${v8Flags.join(",")}`];
}
