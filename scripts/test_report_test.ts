import assert from "node:assert/strict";
import { countResults, isFilteredOut, parseJunit, skippedLines, summaryLine } from "./test_report.ts";
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

Deno.test("parseJunit() reads what deno test writes, tests only", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, module);
    await runDeno(["test", "--junit-path=report.xml"], new URL(`file://${folder}/`));
    assert.deepEqual(parseJunit(await Deno.readTextFile(`${folder}/report.xml`)), [
      { name: 'passes <&> "well"', outcome: "passed" },
      { name: "passes > well too", outcome: "passed" },
      { name: "fails", outcome: "failed" },
      { name: "needs more (skipped: needs root)", outcome: "skipped" },
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
  Deno.test(`parseJunit() reads a test that stands for a file: ${name}`, () => assert.deepEqual(parseJunit(xml), want));
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
