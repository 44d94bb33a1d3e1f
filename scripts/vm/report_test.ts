import assert from "node:assert/strict";
import { consoleOf, parseReports } from "./report.ts";

const xml = '<testcase name="a" classname="./x.ts"></testcase>' +
  '<testcase name="b" classname="./x.ts"><failure message="m">line 1\nfile c_test.ts 0\nend</failure></testcase>';
const tests = [
  { name: "a", module: "./x.ts", outcome: "passed", failure: "" },
  { name: "b", module: "./x.ts", outcome: "failed", failure: "line 1\nfile c_test.ts 0\nend" },
];

const cases = [
  { name: "nothing", text: "", want: [] },
  {
    name: "two files",
    text: `\x1efile a_test.ts 1\n${xml}\x1efile b_test.ts 1\n\x1eend`,
    want: [["a_test.ts", { code: 1, tests }], ["b_test.ts", { code: 1, tests: [] }]],
  },
  {
    name: "the second is cut off",
    text: `\x1efile a_test.ts 0\n\x1efile b_test.ts 1\n${xml}`,
    want: [["a_test.ts", {
      code: 0,
      tests: [],
    }]],
  },
  { name: "what is no record is left out", text: "noise\x1enoise\x1eend", want: [] },
];
for (const { name, text, want } of cases) {
  Deno.test(`parseReports() reads: ${name}`, () => assert.deepEqual([...parseReports(text)], want));
}

Deno.test("consoleOf() finds the lines of one file", () => {
  const lines = ["boot", "file: a", "a 1", "a 2", "file: b", "b 1"];
  assert.deepEqual(consoleOf("a", lines), ["file: a", "a 1", "a 2"]);
  assert.deepEqual(consoleOf("b", lines), ["file: b", "b 1"]);
  assert.deepEqual(consoleOf("c", lines), []);
});
