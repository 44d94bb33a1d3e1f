import assert from "node:assert/strict";
import {
  countResults,
  failedLines,
  isFilteredOut,
  type JunitTest,
  junitTests,
  skippedLines,
  summaryLine,
} from "./test_report.ts";
import { runDeno } from "./run_deno.ts";

const module = `
Deno.test("passes <&> \\"well\\"", async (t) => {
  await t.step("step", () => {});
  await t.step({ name: "left out", ignore: true, fn() {} });
});
Deno.test("passes > well too", () => {});
Deno.test("fails", async (t) => {
  await t.step("step", () => {
    throw new Error("</testcase><skipped/>");
  });
});
Deno.test({ name: "needs more (skipped: needs root)", ignore: true, fn() {} });
`;

/** What `deno test` reports of a module of tests. */
async function reportOf(text: string): Promise<JunitTest[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, text);
    await runDeno(["test", "--junit-path=report.xml"], new URL(`file://${folder}/`));
    return junitTests(await Deno.readTextFile(`${folder}/report.xml`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const outcomes = (tests: readonly JunitTest[]) => tests.map(({ name, outcome }) => ({ name, outcome }));

Deno.test("junitTests() reads what deno test writes, tests only", async () => {
  assert.deepEqual(outcomes(await reportOf(module)), [
    { name: 'passes <&> "well"', outcome: "passed" },
    { name: "passes > well too", outcome: "passed" },
    { name: "fails", outcome: "failed" },
    { name: "needs more (skipped: needs root)", outcome: "skipped" },
  ]);
});

Deno.test("failedLines() names each failed test and what it and its steps failed of", async () => {
  const lines = failedLines("unit", await reportOf(module));
  assert.equal(lines[0], "failed in unit: fails");
  assert.ok(lines.some((line) => line.includes("</testcase><skipped/>")), lines.join("\n"));
  assert.ok(!lines.some((line) => line.includes("passes")));
});

Deno.test("failedLines() shows the first lines of a failure only, without colours", () => {
  const failure = `\x1b[31mfirst\x1b[0m\n\n${"x".repeat(1000)}\n${"next\n".repeat(100)}`;
  const lines = failedLines("unit", [{ name: "a", module: "./a_test.ts", outcome: "failed", failure }]);
  assert.deepEqual(lines.slice(0, 4), ["failed in unit: a", "    first", `    ${"x".repeat(400)}`, "    next"]);
  assert.equal(lines.length, 13);
});

Deno.test("failedLines() only names what failed after the first four of a layer", () => {
  const results = [1, 2, 3, 4, 5, 6].map((i) =>
    ({ name: `test ${i}`, module: "./a_test.ts", outcome: "failed", failure: "why" }) as const
  );
  const lines = failedLines("unit", results);
  assert.equal(lines.filter((line) => line === "    why").length, 4);
  assert.deepEqual(lines.slice(-2), ["failed in unit: test 5", "failed in unit: test 6"]);
});

const files = [
  {
    name: "its steps count, whatever module they are from",
    xml: '<testcase name="t/a_test.ts" classname="./skip.ts"><failure>1 step failed</failure></testcase>' +
      '<testcase name="t/a_test.ts &gt; b" classname="./vm.ts"></testcase>' +
      '<testcase name="t/a_test.ts &gt; c" classname="./vm.ts"><failure>no</failure></testcase>',
    want: [{ name: "b", outcome: "passed" }, { name: "c", outcome: "failed" }],
  },
  {
    name: "it failed although no step did",
    xml: '<testcase name="t/a_test.ts" classname="./skip.ts"><failure>no</failure></testcase>' +
      '<testcase name="t/a_test.ts &gt; b" classname="./vm.ts"></testcase>',
    want: [{ name: "t/a_test.ts", outcome: "failed" }],
  },
  {
    name: "it was skipped",
    xml: '<testcase name="t/a_test.ts (skipped: needs root)" classname="./skip.ts"><skipped/></testcase>',
    want: [{ name: "t/a_test.ts (skipped: needs root)", outcome: "skipped" }],
  },
];
for (const { name, xml, want } of files) {
  Deno.test(`junitTests() reads a test that stands for a file: ${name}`, () =>
    assert.deepEqual(outcomes(junitTests(xml)), want));
}

const passed = { name: "a", outcome: "passed" } as const;
const failed = { name: "b", outcome: "failed" } as const;
const skipped = { name: "c (skipped: needs root)", outcome: "skipped" } as const;
const counts = [
  { name: "one of each", results: [passed, failed, skipped], success: false, want: "1 passed, 1 failed, 1 skipped" },
  { name: "a good run", results: [passed, passed, skipped], success: true, want: "2 passed, 0 failed, 1 skipped" },
  { name: "a run that could not start", results: [], success: false, want: "0 passed, 1 failed, 0 skipped" },
  { name: "a module that does not load", results: [passed], success: false, want: "1 passed, 1 failed, 0 skipped" },
];
for (const { name, results, success, want } of counts) {
  Deno.test(`countResults() counts ${name}`, () => {
    assert.equal(summaryLine(countResults(results, success)), want);
  });
}

Deno.test("skippedLines() says each skipped test and its reason once", () => {
  const bare = { name: "d", outcome: "skipped" } as const;
  assert.deepEqual(skippedLines([skipped, passed, skipped, bare]), [
    "skipped: c: needs root",
    "skipped: d: no reason given",
  ]);
});

Deno.test("isFilteredOut() is for skipped tests without a reason", () => {
  const results = [passed, failed, skipped, { name: "d", outcome: "skipped" } as const];
  assert.deepEqual(results.map(isFilteredOut), [false, false, false, true]);
});
