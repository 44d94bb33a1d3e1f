/**
 * Runs the tests: `deno task test [<argument of deno test>…]`, e.g. `deno task test net/ --filter address`.
 *
 * @module
 */
import { clusterRequirements } from "./cluster/requirements.ts";
import { prepare, requirements } from "./prepare.ts";
import { printLine } from "./print.ts";
import {
  countResults,
  isFilteredOut,
  parseJunit,
  skippedLines,
  summaryLine,
  type TestCounts,
  type TestResult,
} from "./test_report.ts";

/** Runs `deno test` at `root`, showing its output as it comes; `results` is empty when it could not even start. */
async function runTests(args: readonly string[], root: URL): Promise<{ success: boolean; results: TestResult[] }> {
  const report = await Deno.makeTempFile({ prefix: "junit-", suffix: ".xml" });
  try {
    // by its name deno test would take this script for a module of tests
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", `--junit-path=${report}`, `--ignore=${import.meta.filename}`, ...args],
      cwd: root,
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    });
    const { success } = await command.spawn().status;
    const results = parseJunit(await Deno.readTextFile(report));
    return { success, results: isFiltered(args) ? results.filter((result) => !isFilteredOut(result)) : results };
  } finally {
    await Deno.remove(report);
  }
}

function isFiltered(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--filter" || arg.startsWith("--filter="));
}

/** Prepares, tests and reports. */
async function main(args: readonly string[]): Promise<TestCounts> {
  await prepare([...requirements, ...clusterRequirements]);
  const { success, results } = await runTests(args, new URL("../", import.meta.url));
  const counts = countResults(results, success);
  for (const line of skippedLines(results)) printLine(line);
  printLine(summaryLine(counts));
  return counts;
}

if (import.meta.main) {
  const { failed } = await main(Deno.args);
  if (failed > 0) Deno.exit(1);
}
