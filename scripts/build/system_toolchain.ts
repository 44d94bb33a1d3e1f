import { join } from "node:path";
import { buildCache, withTempFolder } from "./folders.ts";
import { fetchPackagedFile } from "./npm_package.ts";
import { pinnedToolchains } from "./pins.ts";
import { runCommand } from "./run_command.ts";
import { obtainToolchain, type Toolchain } from "./toolchain.ts";

/** A firewall that swallows packets must not hold up a build for ever. */
const DOWNLOAD_TIMEOUT_MS = 180_000;

/** {@linkcode obtainToolchain} on this machine. */
export async function systemToolchain(say: (line: string) => void): Promise<Toolchain> {
  const { arch } = Deno.build;
  return await obtainToolchain({
    denortBin: Deno.env.get("DENORT_BIN") || undefined,
    running: { path: Deno.execPath(), version: Deno.version.deno, arch },
    cacheDir: buildCache,
    pinned: pinnedToolchains[arch],
    download: downloadThroughDeno,
    fetchPackagedFile,
    say,
  });
}

/** Deno has no command that only downloads the base binary. */
async function downloadThroughDeno(): Promise<Uint8Array<ArrayBuffer>> {
  return await withTempFolder(async (folder) => {
    const module = join(folder, "empty.js");
    const output = join(folder, "empty");
    await Deno.writeTextFile(module, "");
    const args = ["compile", "--quiet", "--no-config", "--no-lock", "--output", output, module];
    const env = { NO_COLOR: "1", DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1" };
    await runCommand([Deno.execPath(), ...args], { env, timeoutMs: DOWNLOAD_TIMEOUT_MS });
    return await Deno.readFile(output);
  });
}
