import { join } from "node:path";
import { bundleSource } from "../../../scripts/build/bundle_source.ts";
import { runFlags } from "../../../scripts/build/launcher.ts";

/** Makes one file of the process of agents, as the shipped executables are. @returns its path in `folder` */
export async function bundleAgents(folder: string): Promise<string> {
  const path = join(folder, "agent_process.js");
  const code = await bundleSource({ name: "agent_process", entry: "tests/bench/real/agent_process.ts" });
  await Deno.writeFile(path, code);
  const { success } = await new Deno.Command(Deno.execPath(), { // what Deno finds out about a file it keeps
    args: ["run", ...runFlags, "--allow-all", path],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error("Cannot measure: the process of agents does not start");
  return path;
}
