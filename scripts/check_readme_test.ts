import assert from "node:assert/strict";
import { readmeProblems } from "./check_readme.ts";

const cases = [
  { name: "both commands", readme: "npx -y deno@2.9.6 task demo\nnpx -y deno@2.9.6 task test\n", want: [] },
  {
    name: "commands in running text",
    readme: "Run `npx -y deno@2.9.6 task demo` or `npx -y deno@2.9.6 task test`.",
    want: [],
  },
  {
    name: "a missing command",
    readme: "npx -y deno@2.9.6 task demo",
    want: ["README.md: Cannot find the command `npx -y deno@2.9.6 task test`"],
  },
  {
    name: "another version",
    readme: "npx -y deno@2.9.6 task demo\nnpx -y deno@2.9.5 task test\n",
    want: ["README.md: `npx -y deno@2.9.5 task test` names another version than the Deno that runs: 2.9.6"],
  },
];
for (const { name, readme, want } of cases) {
  Deno.test(`readmeProblems() judges ${name}`, () => assert.deepEqual(readmeProblems(readme, "2.9.6"), want));
}
