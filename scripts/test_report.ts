import { stripVTControlCharacters } from "node:util";

/** How much of a failure is shown at the end of a run, and of how many failures of a layer: a log may show its last thousands of characters only. */
const FAILURE_LINES = 12;
const LINE_LENGTH = 400;
const FAILURES = 4;

/** What became of one test. */
export interface TestResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

/** How many tests did what. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a report tells about a test. */
export interface JunitTest extends TestResult {
  /** Its file as `deno test` names it, such as `./net/ip/set_test.ts`. */
  readonly module: string;
  /** What it and its steps failed of; empty if they did not. */
  readonly failure: string;
}

/**
 * Reads the tests in a JUnit report of `deno test`. Steps belong to their test and are left out, unless the test only stands for
 * a file of tests that ran elsewhere: then they are the tests.
 */
export function junitTests(xml: string): JunitTest[] {
  const cases = junitCases(xml);
  const known = new Set(cases.map(keyOf));
  const isStep = ({ name, module }: JunitTest) =>
    parentNames(name).some((parent) => known.has(keyOf({ name: parent, module })));
  return cases.filter((test) => !isStep(test)).flatMap((test) => {
    const steps = cases.filter((step) =>
      parentNames(step.name).some((name) => keyOf({ ...step, name }) === keyOf(test))
    );
    return standsForFile(test, steps) ? steps.map((step) => withoutParent(step, test)) : [withFailures(test, steps)];
  });
}

/** A test that ends with the name of a file of tests, whose outcome is that of its steps. */
function standsForFile({ name, outcome }: JunitTest, steps: readonly JunitTest[]): boolean {
  if (!isFileName(name) || steps.length === 0) return false;
  return outcome !== "failed" || steps.some((step) => step.outcome === "failed");
}

function withoutParent(step: JunitTest, { name }: JunitTest): JunitTest {
  return { ...step, name: step.name.slice(`${name} > `.length) };
}

function withFailures(test: JunitTest, steps: readonly JunitTest[]): JunitTest {
  return { ...test, failure: [test, ...steps].map(({ failure }) => failure).filter((text) => text !== "").join("\n") };
}

/** What tells a test from others; a test that stands for a file is registered in another module than its steps. */
function keyOf({ module, name }: Pick<JunitTest, "module" | "name">): string {
  return isFileName(name) ? name : `${module} ${name}`;
}

function isFileName(name: string): boolean {
  return name.endsWith("_test.ts");
}

/** All tests and steps. */
function junitCases(xml: string): JunitTest[] {
  return [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)]
    .map(([, name = "", module = "", body = ""]) => ({
      name: unescapeXml(name),
      module: unescapeXml(module),
      outcome: outcomeOf(body),
      failure: unescapeXml(/<(?:failure|error)\b[^>]*>(.*)<\/(?:failure|error)>/s.exec(body)?.[1] ?? ""),
    }));
}

/**
 * Counts `results`. A run that failed although no test did (a module that does not load) is one failure.
 *
 * @param success whether `deno test` said so
 */
export function countResults(results: readonly TestResult[], success: boolean): TestCounts {
  const count = (outcome: TestResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  const failed = count("failed");
  return { passed: count("passed"), failed: success ? failed : Math.max(failed, 1), skipped: count("skipped") };
}

/** Lists skipped tests, each once, as `skipped: <name>: <reason>`. */
export function skippedLines(results: readonly TestResult[]): string[] {
  const lines = results.filter(({ outcome }) => outcome === "skipped").map(({ name }) => {
    const { test, reason = "no reason given" } = splitName(name);
    return `skipped: ${test}: ${reason}`;
  });
  return [...new Set(lines)];
}

/**
 * Lists failed tests, the first ones with the first lines of what they failed of: later ones may only follow from these, and
 * whoever sees the end of a run's output alone needs no more.
 */
export function failedLines(layer: string, results: readonly JunitTest[]): string[] {
  return results.filter(({ outcome }) => outcome === "failed").flatMap(({ name, failure }, i) => [
    `failed in ${layer}: ${name}`,
    ...(i < FAILURES ? firstLines(failure) : []),
  ]);
}

function firstLines(failure: string): string[] {
  const lines = stripVTControlCharacters(failure).split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, FAILURE_LINES).map((line) => `    ${line.slice(0, LINE_LENGTH)}`);
}

/** Whether `--filter` may be why a test did not run: in the report such tests look skipped, but without a reason. */
export function isFilteredOut({ name, outcome }: TestResult): boolean {
  return outcome === "skipped" && splitName(name).reason === undefined;
}

/** The last line of a test run. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The name of a skipped test ends with the reason: see tests/shared/skip.ts. */
function splitName(name: string): { test: string; reason?: string } {
  const [, test, reason] = /^(.*) \(skipped: (.*)\)$/s.exec(name) ?? [];
  return test === undefined || reason === undefined ? { test: name } : { test, reason };
}

function outcomeOf(body: string): TestResult["outcome"] {
  if (body.includes("<failure") || body.includes("<error")) return "failed";
  return body.includes("<skipped") ? "skipped" : "passed";
}

/** A step is called `test > step`, so every part that ends before a ` > ` may be the test it belongs to. */
function parentNames(name: string): string[] {
  return [...name.matchAll(/ > /g)].map(({ index }) => name.slice(0, index));
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp|#\d+|#x[0-9a-f]+);/gi, (all, name: string) => {
    if (name.startsWith("#x")) return String.fromCodePoint(parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    return entities[name] ?? all;
  });
}
