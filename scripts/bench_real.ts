/** `deno task bench --real`: measures on a real API server that it starts and ends, and writes `docs/performance.md`. */
import { Command } from "commander";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownOf, withRegion } from "../tests/bench/markdown.ts";
import { RealApi } from "../tests/bench/real/api_server.ts";
import { bundleAgents } from "../tests/bench/real/bundle_agents.ts";
import { machineFacts } from "../tests/bench/real/machine.ts";
import { chosen, fullMatrix, type NamedSetting, quickMatrix, sizeMatrix } from "../tests/bench/real/matrix.ts";
import { measurePluginCalls } from "../tests/bench/real/plugin_calls.ts";
import { realHeadOf, type RealResults, realTablesOf } from "../tests/bench/real/real_report.ts";
import { measureSetting } from "../tests/bench/real/real_setting.ts";
import type { RealBench, RealRow } from "../tests/bench/real/setting.ts";
import { renderTable } from "../tests/bench/table.ts";
import { printLine } from "./print.ts";

const PLUGIN = "plugin";

/** Longest time of one phase, in milliseconds: the slowest settings would take minutes. */
const LIMIT_MS = { full: 25_000, quick: 10_000 };

/** Processes of agents at most: each takes some 100 MB, and two cores start only so many in time. */
const MAX_PROCESSES = 10;

interface Options {
  readonly quick?: boolean;
  readonly only?: readonly string[];
  readonly docs: boolean;
  readonly json: string;
  readonly limit?: string;
}

/** Runs it with the arguments after `--real`. Needs root, etcd and the programs of `deno task cluster up`. */
export async function measureReal(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  const obstacle = await RealApi.obstacle();
  if (obstacle !== undefined) throw new Error(`Cannot measure on a real API server: ${obstacle}`);
  const results = await measureAll(options);
  for (const table of realTablesOf(results)) printLine(`\n${renderTable(table)}`);
  await Deno.mkdir(dirname(options.json), { recursive: true });
  await Deno.writeTextFile(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  printLine(`\nwrote ${options.json}`);
  if (options.docs && options.only === undefined) await writeDocs(results);
}

function optionsOf(args: readonly string[]): Options {
  const latest = fileURLToPath(new URL("../.cache/bench/real.json", import.meta.url));
  const names = [...fullMatrix(), ...sizeMatrix([250, 1000, 5000])].map(({ name }) => name);
  return new Command("deno task bench --real")
    .description("Measures IPAM on etcd and kube-apiserver of its own.")
    .option("--quick", "few settings with fewer Pods")
    .option("--only <names...>", "only settings whose names begin so; leaves docs/performance.md as it is")
    .option("--limit <seconds>", "longest time of one phase")
    .option("--no-docs", "leave docs/performance.md as it is")
    .option("--json <file>", "where the figures go", latest)
    .addHelpText("after", `\nNames:\n  ${[...names, PLUGIN].join("\n  ")}`)
    .parse([...args], { from: "user" })
    .opts<Options>();
}

async function measureAll(
  { quick = false, only = [], limit }: Options,
): Promise<RealResults> {
  const facts = { machine: await machineFacts(), startedAt: new Date().toISOString(), quick };
  const settings = chosen(quick ? quickMatrix() : fullMatrix(), only);
  const sizes = chosen(sizeMatrix(quick ? [250, 1000] : [250, 1000, 5000]), only);
  const withPlugin = only.length === 0 || only.includes(PLUGIN);
  if (settings.length + sizes.length === 0 && !withPlugin) {
    throw new RangeError(`Cannot measure ${only.join(", ")}: no setting has such a name; --help lists them`);
  }
  const folder = await Deno.makeTempDir({ prefix: "bench-real-" });
  try {
    await using api = await RealApi.start(folder);
    const limitMs = limit === undefined ? LIMIT_MS[quick ? "quick" : "full"] : 1000 * Number(limit);
    const bench: RealBench = { api, bundle: await bundleAgents(folder), limitMs, maxProcesses: MAX_PROCESSES };
    const rows = await measureSettings(bench, settings);
    const sizeRows = await measureSettings(bench, sizes);
    if (!withPlugin) return { ...facts, rows, sizes: sizeRows };
    printLine("• one plugin process per call");
    const plugin = await measurePluginCalls(bench, { atOnce: [1, 5, 20, 50], calls: quick ? 50 : 150 });
    return { ...facts, rows, sizes: sizeRows, plugin };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measureSettings(bench: RealBench, settings: readonly NamedSetting[]): Promise<readonly RealRow[]> {
  const all: RealRow[] = [];
  for (const setting of settings) {
    const rows = await measureSetting(bench, setting);
    const figures = rows.map(({ phase, opsPerSecond, failures }) => {
      return `${phase} ${Math.round(opsPerSecond)}/s${failures > 0 ? ` (${failures} failed)` : ""}`;
    });
    printLine(`• ${setting.name}: ${figures.join(", ")}`);
    all.push(...rows);
  }
  return all;
}

async function writeDocs(results: RealResults): Promise<void> {
  const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const text = [realHeadOf(results), ...realTablesOf(results).map(markdownOf)].join("\n\n");
  await Deno.writeTextFile(path, withRegion(await Deno.readTextFile(path), "figures", text));
  printLine(`wrote ${path}`);
}
