/** Time, memory and kernel calls of ADD and DEL. */
import { forEachLimited } from "../limited.ts";
import { type Summary, summaryOf } from "../stats.ts";
import { BenchNode, type BenchPod, type BenchVerb } from "./bench_node.ts";
import { callMeasured, peakMemoryOf } from "./measured_call.ts";
import { type BenchProgram, benchPrograms } from "./programs.ts";
import { type KernelCost, kernelCostOf } from "./traced_call.ts";

const verbs = ["ADD", "DEL"] as const;

/** What one verb of one plugin costs. */
export interface PluginCostRow {
  readonly plugin: string;
  readonly format: BenchProgram["format"];
  readonly verb: BenchVerb;
  readonly atOnce: readonly AtOnce[];
  /** Most that was resident, in megabytes (2^20), of the process that the runtime starts. */
  readonly peakMb: number;
  readonly kernel: KernelCost | undefined;
}

/** So many processes at a time. */
export interface AtOnce {
  readonly count: number;
  readonly ms: Summary;
  readonly callsPerSecond: number;
}

/** How much is measured. */
export interface PluginEffort {
  /** Processes at a time. */
  readonly levels: readonly number[];
  /** Pods, and so calls of each verb at each level. */
  readonly pods: number;
}

/** Measures all plugins one after the other. Needs root. @param say is told each result */
export async function measurePluginCosts(
  { levels, pods }: PluginEffort,
  say: (line: string) => void,
): Promise<readonly PluginCostRow[]> {
  await using node = new BenchNode(pods);
  const rows: PluginCostRow[] = [];
  for (const program of await benchPrograms(node)) {
    await round(node, { program, pods: node.pods.slice(0, 2), limit: 1 }); // the first runs compile
    const measured = [];
    for (const limit of levels) measured.push({ limit, ...await round(node, { program, pods: node.pods, limit }) });
    for (const verb of verbs) {
      const atOnce = measured.map(({ limit, ...of }) => ({ count: limit, ...of[verb] }));
      const { peakMb, kernel } = (await single(node, program))[verb];
      rows.push({ plugin: program.name, format: program.format, verb, atOnce, peakMb, kernel });
      const figures = atOnce.map(({ count, ms }) => `${count} at once ${ms.p50.toFixed(0)} ms`).join(", ");
      say(`• ${program.name} (${program.format}) ${verb}: ${figures}`);
    }
  }
  return rows;
}

/** A plugin and the Pods it is called for. */
interface Round {
  readonly program: BenchProgram;
  readonly pods: readonly BenchPod[];
  readonly limit: number;
}

type Level = Omit<AtOnce, "count">;

/** ADD for all Pods, then DEL. */
async function round(node: BenchNode, { program, pods, limit }: Round): Promise<Record<BenchVerb, Level>> {
  for (const pod of pods) program.prepare?.(pod);
  const added = await timed(node, { program, pods, limit }, "ADD");
  const deleted = await timed(node, { program, pods, limit }, "DEL");
  for (const pod of pods) program.cleanUp?.(pod);
  return { ADD: added, DEL: deleted };
}

async function timed(node: BenchNode, { program, pods, limit }: Round, verb: BenchVerb): Promise<Level> {
  const samples: number[] = [];
  const startMs = performance.now();
  await forEachLimited(pods, limit, async (pod) => {
    const command = node.commandFor(pod, { path: program.path, verb, conf: program.confOf(pod) });
    samples.push((await callMeasured(command)).milliseconds);
  });
  const seconds = (performance.now() - startMs) / 1000;
  return { ms: summaryOf(samples), callsPerSecond: pods.length / seconds };
}

/** What is not a time, of one Pod's ADD and DEL each. */
async function single(
  node: BenchNode,
  program: BenchProgram,
): Promise<Record<BenchVerb, { peakMb: number; kernel: KernelCost | undefined }>> {
  const [pod] = node.pods;
  if (pod === undefined) throw new RangeError("Cannot measure plugins: there is no Pod");
  const command = (verb: BenchVerb) => node.commandFor(pod, { path: program.path, verb, conf: program.confOf(pod) });
  const trace = `${node.folder}/trace`;
  program.prepare?.(pod);
  const peaks = { ADD: await peakMemoryOf(command("ADD")), DEL: await peakMemoryOf(command("DEL")) };
  const kernel = {
    ADD: await kernelCostOf(command("ADD"), { trace }),
    DEL: await kernelCostOf(command("DEL"), { trace }),
  };
  program.cleanUp?.(pod);
  return {
    ADD: { peakMb: peaks.ADD, kernel: kernel.ADD },
    DEL: { peakMb: peaks.DEL, kernel: kernel.DEL },
  };
}
