import assert from "node:assert/strict";
import { docProblems } from "./check_docs.ts";
import { runDeno } from "./run_deno.ts";

const cases = [
  { name: "a described function", text: "/** Says a. */\nexport function a(): void {}", want: [] },
  {
    name: "a bare function",
    text: "\nexport function a(): void {}",
    want: [`a.ts:2: "a" has no docstring that says what it is`],
  },
  { name: "a bare type", text: "export type A = string;", want: [`a.ts:1: "A" has no docstring that says what it is`] },
  {
    name: "an empty docstring",
    text: "/** */\nexport const a = 1;",
    want: [`a.ts:2: "a" has no docstring that says what it is`],
  },
  {
    name: "only tags",
    text: "/** @throws {Error} */\nexport const a = 1;",
    want: [`a.ts:2: "a" has no docstring that says what it is`],
  },
  { name: "a re-export", text: `export type { B } from "./b.ts";`, want: [] },
  { name: "what is not exported", text: "function a(): void {}\na();", want: [] },
  {
    name: "overloads",
    text:
      "/** Says a. */\nexport function a(x: 1): void;\nexport function a(x: 2): void;\nexport function a(): void {}",
    want: [],
  },
];
for (const { name, text, want } of cases) {
  Deno.test(`docProblems() judges ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const root = new URL(`file://${folder}/`);
      await Deno.writeTextFile(new URL("a.ts", root), text);
      await Deno.writeTextFile(new URL("b.ts", root), "/** Is b. */\nexport type B = string;");
      const { stdout } = await runDeno(["doc", "--json", "a.ts", "b.ts"], root);
      assert.deepEqual(docProblems(JSON.parse(stdout), root.href), want);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
