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

/** Reads the tests in a JUnit report of `deno test`; steps belong to their test and are left out. */
export function parseJunit(xml: string): TestResult[] {
  const cases = [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)]
    .map(([, name = "", module = "", body = ""]) => ({ name: unescapeXml(name), module, outcome: outcomeOf(body) }));
  const names = new Set(cases.map(({ name, module }) => `${module} ${name}`));
  return cases.filter(({ name, module }) => !parentNames(name).some((parent) => names.has(`${module} ${parent}`)))
    .map(({ name, outcome }) => ({ name, outcome }));
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
