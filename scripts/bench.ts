/**
 * Measures this machine: `deno task bench [--quick] [--only <part>…] [--json <file>]`, and with `--real` on a real API
 * server, with `--soak` on a cluster of two nodes. It prints tables and writes JSON; it never fails because something is
 * slow.
 *
 * @module
 */
import { Command, Option } from "commander";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { measureAbuse } from "../tests/bench/abuse/measure_abuse.ts";
import { runMicroBenches } from "../tests/bench/micro.ts";
import type { PluginEffort } from "../tests/bench/plugins/plugin_costs.ts";
import { measurePluginStart } from "../tests/bench/plugin_start.ts";
import { measurePoolSizes } from "../tests/bench/pool_sizes.ts";
import { type BenchResults, ratiosOf, tablesOf } from "../tests/bench/report.ts";
import { formatNumber, renderTable } from "../tests/bench/table.ts";
import {
  type BurstRow,
  measureBurst,
  measureThroughput,
  type ThroughputOptions,
  type ThroughputRow,
  throughputSettings,
} from "../tests/bench/throughput.ts";
import { measurePlugins, writePluginDocs } from "./bench_plugins.ts";
import { measureReal } from "./bench_real.ts";
import { measureSoak } from "./bench_soak.ts";
import { printLine } from "./print.ts";

/** Parts of the bench, in the order they run. */
const parts = ["throughput", "burst", "pool-size", "plugin-start", "plugins", "abuse", "micro"] as const;
type Part = typeof parts[number];

/** How much is measured. */
interface Effort {
  readonly pods: number;
  readonly limitMs: number;
  readonly rounds: number;
  readonly starts: number;
  readonly plugins: PluginEffort & { readonly rounds: number };
}

const full: Effort = {
  pods: 1000,
  limitMs: 60_000,
  rounds: 50,
  starts: 15,
  plugins: { levels: [1, 10, 50], pods: 50, rounds: 15 },
};
const quick: Effort = {
  pods: 160,
  limitMs: 15_000,
  rounds: 10,
  starts: 5,
  plugins: { levels: [1, 5], pods: 5, rounds: 3 },
};

interface Options {
  readonly quick?: true;
  readonly only?: readonly Part[];
  readonly json: string;
  readonly docs: boolean;
}

if (import.meta.main) await main(Deno.args);

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--soak")) return await measureSoak(args.filter((arg) => arg !== "--soak"));
  if (args.includes("--real")) return await measureReal(args.filter((arg) => arg !== "--real"));
  const latest = fileURLToPath(new URL("../.cache/bench/latest.json", import.meta.url));
  const options = new Command("deno task bench")
    .description("Measures IPAM throughput, the cost of large pools, and the CNI plugins.")
    .option("--real", "on a real API server instead; --real --help lists the options of that")
    .option("--soak", "soak a real cluster instead; --soak --help lists the options of that")
    .option("--quick", "fewer Pods, rounds and starts")
    .addOption(new Option("--only <parts...>", "only these parts").choices(parts))
    .option("--json <file>", "where the figures go", latest)
    .option("--no-docs", "leave docs/performance.md as it is; --quick does, too")
    .parse([...args], { from: "user" })
    .opts<Options>();
  const startedAt = new Date().toISOString();
  const results = await measure(options.only ?? parts, options.quick === true ? quick : full);
  for (const table of tablesOf(results)) printLine(`\n${renderTable(table)}`);
  await Deno.mkdir(dirname(options.json), { recursive: true });
  const facts = { startedAt, quick: options.quick === true, machine: machineOf() };
  const ratios = ratiosOf(results.throughput ?? []);
  await Deno.writeTextFile(options.json, `${JSON.stringify({ ...facts, ...results, ratios }, undefined, 2)}\n`);
  printLine(`\nwrote ${options.json}`);
  if (options.docs && options.quick !== true && results.plugins !== undefined) await writePluginDocs(results.plugins);
}

async function measure(wanted: readonly Part[], effort: Effort): Promise<BenchResults> {
  const phase = { concurrency: 16, retryMs: 1000, limitMs: effort.limitMs };
  let results: BenchResults = {};
  for (const part of parts.filter((name) => wanted.includes(name))) {
    switch (part) {
      case "throughput":
        results = { ...results, throughput: await measureAllSettings({ pods: effort.pods, phase }) };
        break;
      case "burst":
        results = { ...results, burst: await measureBursts({ adds: 64, phase }) };
        break;
      case "pool-size":
        printLine("• pools of very different sizes");
        results = { ...results, poolSize: await measurePoolSizes(effort) };
        break;
      case "plugin-start":
        printLine("• starts of the CNI plugin");
        results = { ...results, pluginStart: await measurePluginStart({ runs: effort.starts }) };
        break;
      case "plugins":
        printLine("• plugins as processes");
        results = { ...results, ...await measurePlugins(effort.plugins) };
        break;
      case "abuse":
        printLine("• bad callers of the agent's socket");
        results = { ...results, abuse: await measureAbuse({ adds: 20 * effort.rounds }) };
        break;
      case "micro":
        printLine("• single functions");
        results = { ...results, micro: await runMicroBenches() };
        break;
      default:
        return part satisfies never;
    }
  }
  return results;
}

async function measureAllSettings(options: ThroughputOptions): Promise<readonly ThroughputRow[]> {
  const all: ThroughputRow[] = [];
  await warmUp(options);
  for (const setting of throughputSettings()) {
    const { algorithm, via, stack, agents } = setting;
    const rows = await measureThroughput(setting, options);
    const figures = rows.map(({ phase, opsPerSecond }) => `${phase} ${formatNumber(opsPerSecond)}/s`).join(", ");
    printLine(`• ${algorithm}, ${via}, ${stack}, ${agents} agents: ${figures}`);
    all.push(...rows);
  }
  return all;
}

/** Lets the runtime compile what the first settings would otherwise wait for. */
async function warmUp(options: ThroughputOptions): Promise<void> {
  printLine("• warming up");
  for (const setting of throughputSettings().filter(({ agents, stack }) => agents === 10 && stack === "dual")) {
    await measureThroughput(setting, { ...options, pods: Math.min(options.pods, 200) });
  }
}

async function measureBursts(options: Parameters<typeof measureBurst>[1]): Promise<readonly BurstRow[]> {
  const rows: BurstRow[] = [];
  for (const via of ["in-process", "http"] as const) {
    for (const algorithm of ["spiderpool", "upstream-like"] as const) {
      printLine(`• ${options.adds} ADDs at the same moment, ${algorithm}, ${via}`);
      rows.push(await measureBurst({ algorithm, via }, options));
    }
  }
  return rows;
}

/** What the figures depend on. */
function machineOf() {
  const { os, arch } = Deno.build;
  return { os, arch, cpus: navigator.hardwareConcurrency, deno: Deno.version.deno, v8: Deno.version.v8 };
}
