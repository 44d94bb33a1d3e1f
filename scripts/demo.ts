/**
 * Shows the main job on this machine: `deno task demo [--keep]`.
 *
 * @module
 */
import { Command } from "commander";
import { installPrograms } from "../tests/shared/plugin_folder.ts";
import { MAIN_PLUGINS, Stage } from "../tests/shared/stage.ts";
import { enterOwnNamespaces, isAble } from "./demo/namespaces.ts";
import { tellStory } from "./demo/story.ts";
import { prepare, requirements } from "./prepare.ts";
import { printLine } from "./print.ts";

const MACHINES = ["node-1", "node-2"];
/** Exit status after Ctrl-C. Source: signal(7), 128 + SIGINT. */
const INTERRUPTED = 130;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const cli = new Command("deno task demo")
    .description(
      "Gives real Pods real addresses: a Kubernetes API, two agents, macvlan, and the spiderpool CNI plugin.",
    )
    .option("--keep", "leave everything running afterwards, to play with it by kubectl, until Ctrl-C")
    .parse([...args], { from: "user" });
  await prepare(requirements.filter(({ package: name }) => name !== "kubernetes-client"));
  printLine("• bundling the spiderpool CNI plugin, fetching the agent's packages");
  const pluginFolder = await installPrograms(); // while there still is a network to fetch packages from
  const ability = isAble([`${MAIN_PLUGINS}/macvlan`]);
  if (ability.kind === "unable") {
    printLine(`Cannot run the demo here: ${ability.missing.join("; ")}`);
    return 1;
  }
  if (ability.kind === "needs-namespaces") return await enterOwnNamespaces(args);
  return await play({ keep: cli.opts<{ keep?: boolean }>().keep === true, pluginFolder });
}

/** How the demo is played. */
interface PlayOptions {
  /** Leave everything running until Ctrl-C. */
  readonly keep: boolean;
  /** Where the launcher of our CNI plugin is. */
  readonly pluginFolder: string;
}

async function play(options: PlayOptions): Promise<number> {
  const interrupted = Promise.withResolvers<"interrupted">();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.resolve("interrupted"));
  }
  const outcome = perform(options, interrupted.promise);
  const failed = await outcome.then((code) => code, (err) => {
    printLine(`Failed: ${err instanceof Error ? err.message : err}`);
    return 1;
  });
  return failed;
}

async function perform({ keep, pluginFolder }: PlayOptions, interrupted: Promise<"interrupted">): Promise<number> {
  const startedMs = performance.now();
  await using stage = await Stage.build({
    prefix: "spdemo",
    machines: MACHINES,
    pluginFolder,
    manifest: "manifests/examples/demo.yaml",
    say: printLine,
  });
  const told = await Promise.race([tellStory(stage), interrupted]);
  if (told === "interrupted") {
    printLine("Interrupted: cleaning up");
    return INTERRUPTED;
  }
  printLine("");
  printLine(`All of it held. It took ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
  if (keep) {
    printLine(`Everything stays until Ctrl-C. Play with it, for example:`);
    printLine(`  kubectl --kubeconfig ${stage.kubeconfig} get spiderippools`);
    await interrupted;
  }
  printLine("Cleaning up.");
  return 0;
}
