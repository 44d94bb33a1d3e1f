/** The part `plugins` of `deno task bench`: CNI plugins as processes, in network namespaces of their own. */
import { fileURLToPath } from "node:url";
import { markdownOf, withRegion } from "../tests/bench/markdown.ts";
import { measureIfacer } from "../tests/bench/plugins/ifacer_figures.ts";
import { measurePluginCosts, type PluginEffort } from "../tests/bench/plugins/plugin_costs.ts";
import { pluginHeadOf, type PluginResults, pluginTablesOf } from "../tests/bench/plugins/plugin_report.ts";
import { measureProbeCosts } from "../tests/bench/plugins/probe_costs.ts";
import { hardwareFacts } from "../tests/bench/real/machine.ts";
import { needsNetns } from "../tests/shared/netns.ts";
import { firstReason, needsCommand } from "../tests/shared/skip.ts";
import { printLine } from "./print.ts";

/** Measures it; nothing, with the reason printed, where that cannot be done. */
export async function measurePlugins(
  effort: PluginEffort & { readonly rounds: number },
): Promise<{ readonly plugins?: PluginResults }> {
  const reason = firstReason(needsNetns(), needsCommand("nsenter"));
  if (reason !== undefined) {
    printLine(`  not measured: ${reason}`);
    return {};
  }
  const startedAt = new Date().toISOString();
  const machine = hardwareFacts();
  const costs = await measurePluginCosts(effort, printLine);
  const ifacer = await measureIfacer(effort, printLine);
  printLine("• probes of an ADD");
  const probes = await measureProbeCosts(effort);
  return { plugins: { startedAt, machine, costs, probes, ...(ifacer && { ifacer }) } };
}

/** Puts the tables into the region `plugins` of docs/performance.md. */
export async function writePluginDocs(results: PluginResults): Promise<void> {
  const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const text = [pluginHeadOf(results), ...pluginTablesOf(results).map(markdownOf)].join("\n\n");
  await Deno.writeTextFile(path, withRegion(await Deno.readTextFile(path), "plugins", text));
  printLine(`wrote ${path}`);
}
