import { join } from "node:path";
import { withTempFolder } from "./folders.ts";
import type { PackagedFile } from "./pins.ts";
import { runCommand } from "./run_command.ts";

const TIMEOUT_MS = 600_000;

/**
 * Fetches one file of a package with the user's npm: its registry, credentials and certificates are those of `.npmrc`.
 * npm checks what it got against the registry's digest.
 *
 * @throws {Error} with npm's own words when it cannot be had
 */
export async function fetchPackagedFile(file: PackagedFile): Promise<Uint8Array<ArrayBuffer>> {
  return await withTempFolder(async (folder) => {
    const pack = ["npm", "pack", "--silent", "--pack-destination", folder, file.package] as const;
    await runCommand(pack, { cwd: folder, timeoutMs: TIMEOUT_MS });
    const [archive] = [...Deno.readDirSync(folder)].map(({ name }) => name);
    if (archive === undefined) throw new Error(`Cannot fetch ${file.package}: npm pack left no file`);
    const member = `package/${file.path}`;
    await runCommand(["tar", "-xzf", join(folder, archive), "-C", folder, member]);
    return await Deno.readFile(join(folder, member));
  });
}
