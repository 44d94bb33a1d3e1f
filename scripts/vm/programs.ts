import { bundleSource } from "../build/bundle_source.ts";
import { executables } from "../build/executables.ts";
import { flagsOf } from "../build/flags.ts";
import { launcherText } from "../bundle.ts";
import { fileEntry, type Tree, type TreeEntry } from "../image/tree.ts";

/** Where our programs are in the virtual machine; its bundler would need the network. */
export const GUEST_PROGRAMS = "/opt/spiderpool";

/** Those that run on a node as a part of it. */
const nodePrograms: readonly string[] = ["spiderpool", "coordinator", "ifacer", "spiderpool-agent"];

/** The CNI plugins and the agent, bundled, with their launchers. */
export async function programsTree(): Promise<Tree> {
  const programs = executables.filter(({ name }) => nodePrograms.includes(name));
  const trees = await Promise.all(programs.map(async (executable): Promise<[string, TreeEntry][]> => {
    const path = `${GUEST_PROGRAMS}/${executable.name}`;
    const script = `${path}.js`;
    const permissions = flagsOf(executable, Deno.version.deno);
    const launcher = launcherText({ script, permissions, denoDir: `${GUEST_PROGRAMS}/cache` });
    return [
      [script.slice(1), fileEntry(await bundleSource(executable))],
      [path.slice(1), fileEntry(launcher, { mode: 0o755 })],
    ];
  }));
  return new Map(trees.flat());
}
