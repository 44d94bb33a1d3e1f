import { bundleExecutable, executables } from "../../scripts/bundle.ts";
import { runDeno } from "../../scripts/run_deno.ts";

const repository = new URL("../../", import.meta.url);

/** Where the launcher goes: beside the bundle it starts, which git ignores. */
const folder = new URL(".cache/cni-bin", repository).pathname;

/**
 * Bundles the `spiderpool` CNI plugin and fetches the packages of the agent, so that both start without a network.
 *
 * @returns the folder of the plugin's launcher, for CNI_PATH
 * @throws {Error} with Deno's own words if it fails
 */
export async function installPrograms(): Promise<string> {
  const executable = executables.find(({ name }) => name === "spiderpool");
  if (executable === undefined) throw new Error('Cannot bundle "spiderpool": it is not in the table of executables');
  await bundleExecutable(executable, { outDir: folder });
  const { success, stderr } = await runDeno(["cache", "--quiet", "agent/main.ts"], repository);
  if (!success) throw new Error(`Cannot fetch the packages of the agent: ${stderr.trim()}`);
  return folder;
}
