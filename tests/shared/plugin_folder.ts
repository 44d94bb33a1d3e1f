import { dirname } from "node:path";
import { runDeno } from "../../scripts/run_deno.ts";
import { buildForTests, builtFolder } from "./executable.ts";

const repository = new URL("../../", import.meta.url);

/**
 * Builds the `spiderpool` CNI plugin and fetches the packages of the agent, so that both start without a network.
 *
 * @returns the folder of the plugin, for CNI_PATH
 * @throws {Error} with Deno's own words if it fails
 */
export async function installPrograms(): Promise<string> {
  const plugin = await buildForTests("spiderpool");
  if (builtFolder() !== undefined) return dirname(plugin); // the agent is there too
  const { success, stderr } = await runDeno(["cache", "--quiet", "agent/main.ts"], repository);
  if (!success) throw new Error(`Cannot fetch the packages of the agent: ${stderr.trim()}`);
  return dirname(plugin);
}
