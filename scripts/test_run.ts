/**
 * Runs the tests and looks what they leave on the machine; `scripts/test.ts` starts it.
 *
 * @module
 */
import { leftBehind, type MachineTraces, readMachineTraces, type TraceScope } from "./machine_traces.ts";
import { scenarioTables } from "../tests/scenarios.ts";
import { printLine } from "./print.ts";
import { coverageLine, rowCoverage } from "./scenario_rows.ts";
import { parseTestArgs, type TestLayer, testLayers, type TestRequest } from "./test_layers.ts";
import {
  countResults,
  failedLines,
  isFilteredOut,
  type JunitTest,
  junitTests,
  skippedLines,
  summaryLine,
  type TestCounts,
} from "./test_report.ts";

const root = new URL("../", import.meta.url);

/** How long what tests have ended may take to be gone, in milliseconds. */
const GOING_MS = 15_000;

/** What came of one layer. */
interface LayerReport {
  readonly layer: TestLayer;
  readonly results: readonly JunitTest[];
  readonly counts: TestCounts;
  readonly seconds: number;
}

/** Runs one layer, showing its output as it comes; there are no results when it could not even start. */
async function runLayer(layer: TestLayer, { args, temporary }: { args: readonly string[]; temporary: string }) {
  printLine(`\n== ${layer.name} ==`);
  const report = `${temporary}/junit.xml`;
  const startedMs = performance.now();
  // by its name deno test would take that script for a module of tests; the folder is for the virtual machine of tests/vm/
  const ignored = "--ignore=scripts/test.ts,tests/vm/inside";
  const how = ["-A", "--permit-no-files", ...(layer.isParallel === true ? ["--parallel"] : [])];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", ...how, `--junit-path=${report}`, ignored, ...args, ...layer.paths],
    cwd: root,
    env: { TMPDIR: temporary },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success } = await command.spawn().status;
  const all = junitTests(await takeText(report));
  const results = isFiltered(args) ? all.filter((result) => !isFilteredOut(result)) : all;
  const seconds = (performance.now() - startedMs) / 1000;
  return { layer, results, counts: countResults(results, success), seconds };
}

function isFiltered(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--filter" || arg.startsWith("--filter="));
}

/** Reads a file and removes it; empty when it is not there. */
async function takeText(path: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(path);
    await Deno.remove(path);
    return text;
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return "";
    throw err;
  }
}

/** Runs the layers one after the other, and looks what they left on the machine. */
async function runLayers({ layers, args }: TestRequest, hasOwnMounts: boolean): Promise<Run> {
  const temporary = await Deno.makeTempDir({ prefix: "sp-" });
  const scope = { temporary, hasOwnMounts };
  try {
    const before = readMachineTraces(scope);
    const reports: LayerReport[] = [];
    for (const layer of layers) reports.push(await runLayer(layer, { args, temporary }));
    return { reports, left: await whatStays(before, scope) };
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

/** What was left and does not go by itself: processes end, and links are gone, a moment after they were told to. */
async function whatStays(before: MachineTraces, scope: TraceScope): Promise<readonly string[]> {
  const untilMs = performance.now() + GOING_MS;
  for (;;) {
    const left = leftBehind(before, readMachineTraces(scope));
    if (left.length === 0 || performance.now() > untilMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Everything that a run of tests came to. */
interface Run {
  readonly reports: readonly LayerReport[];
  /** What it left on the machine. */
  readonly left: readonly string[];
}

/** Prints what was skipped, what failed, the layers with their times, what is amiss beyond tests, and the sum as the last line. */
function printReport({ reports, left }: Run, missingRows: number): TestCounts {
  printLine("");
  for (const line of skippedLines(reports.flatMap(({ results }) => results))) printLine(line);
  for (const line of reports.flatMap(({ layer, results }) => failedLines(layer.name, results))) printLine(line);
  for (const { layer, counts, seconds } of reports) {
    printLine(`${layer.name.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s  ${summaryLine(counts)}`);
  }
  for (const line of left) printLine(`left on the machine by the tests: ${line}`);
  const sum = (kind: keyof TestCounts) => reports.reduce((total, { counts }) => total + counts[kind], 0);
  const failed = sum("failed") + left.length + missingRows;
  const counts = { passed: sum("passed"), failed, skipped: sum("skipped") };
  printLine(summaryLine(counts));
  return counts;
}

/**
 * Prints how much of the scenario tables was tested; how many rows have no passed test, and how many that tests name do
 * not exist, if all layers ran.
 */
function missingRows({ reports }: Run): number {
  const ran = new Set(reports.map(({ layer }) => layer));
  if (!testLayers.every((layer) => ran.has(layer))) return 0;
  const results = reports.flatMap((report) => report.results);
  const layers = reports.filter(({ results }) => results.some(({ outcome }) => outcome !== "skipped"))
    .map(({ layer }) => layer.name);
  return scenarioTables.reduce((sum, table) => {
    const coverage = rowCoverage(results, { table, tables: scenarioTables, layers });
    printLine(coverageLine(table, coverage));
    return sum + coverage.missing.length + coverage.unknown.length;
  }, 0);
}

if (import.meta.main) {
  const [mounts, ...args] = Deno.args;
  const request = parseTestArgs(args);
  const run = await runLayers(request, mounts === "own-mounts");
  const { failed } = printReport(run, isFiltered(request.args) ? 0 : missingRows(run));
  if (failed > 0) Deno.exit(1);
}
