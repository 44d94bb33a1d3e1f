/** `deno task bench --soak`: a cluster of two nodes under churn, with deaths; writes what it shows into `docs/performance.md`. */
import { Command, InvalidArgumentError } from "commander";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownOf, withRegion } from "../tests/bench/markdown.ts";
import { hardwareFacts } from "../tests/bench/real/machine.ts";
import { soak } from "../tests/bench/soak/soak.ts";
import { soakPlot } from "../tests/bench/soak/soak_plot.ts";
import { soakHeadOf, type SoakResults, soakTableOf } from "../tests/bench/soak/soak_report.ts";
import { renderTable } from "../tests/bench/table.ts";
import { Cluster } from "./cluster/mod.ts";
import { printLine } from "./print.ts";

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly docs: boolean;
  readonly json: string;
}

/** Name of the picture beside `docs/performance.md`. */
const PLOT = "soak.svg";

/** Runs it with the arguments after `--soak`. Needs what `deno task cluster up` needs. */
export async function measureSoak(args: readonly string[]): Promise<void> {
  const { minutes, seed, docs, json } = optionsOf(args);
  const obstacle = await Cluster.obstacle();
  if (obstacle !== undefined) throw new Error(`Cannot soak: ${obstacle}`);
  const facts = { startedAt: new Date().toISOString(), machine: hardwareFacts() };
  const results = { ...facts, ...await soak({ minutes, seed, say: (line) => printLine(`• ${line}`) }) };
  printLine(`\n${soakHeadOf(results)}\n\n${renderTable(soakTableOf(results))}`);
  await Deno.mkdir(dirname(json), { recursive: true });
  await Deno.writeTextFile(json, `${JSON.stringify(results, undefined, 2)}\n`);
  printLine(`\nwrote ${json}`);
  if (docs) await writeDocs(results);
}

function optionsOf(args: readonly string[]): Options {
  const latest = fileURLToPath(new URL("../.cache/bench/soak.json", import.meta.url));
  return new Command("deno task bench --soak")
    .description(
      "Soaks a real cluster: churn, while agents, kubelets and the API server are killed. Fails on any finding.",
    )
    .option("--minutes <n>", "how long", positiveNumber, 20)
    .option("--seed <n>", "draws changes and deaths", positiveNumber, 1)
    .option("--no-docs", "leave docs/performance.md and its picture as they are")
    .option("--json <file>", "where the figures go", latest)
    .parse([...args], { from: "user" })
    .opts<Options>();
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e6)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

async function writeDocs(results: SoakResults): Promise<void> {
  const path = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const picture = `![Memory and descriptors of the agents during the soak](${PLOT})`;
  const text = [soakHeadOf(results), picture, markdownOf(soakTableOf(results))].join("\n\n");
  await Deno.writeTextFile(`${dirname(path)}/${PLOT}`, soakPlot(results));
  await Deno.writeTextFile(path, withRegion(await Deno.readTextFile(path), "soak", text));
  printLine(`wrote ${path} and ${PLOT}`);
}
