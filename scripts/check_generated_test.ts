import assert from "node:assert/strict";
import { generatedProblems } from "./check_generated.ts";

const cases = [
  { name: "equal files", onDisk: { "a.ts": "1" }, want: [] },
  { name: "a changed file", onDisk: { "a.ts": "2" }, want: ["out/a.ts: is not what the generator writes"] },
  {
    name: "a missing and an extra file",
    onDisk: { "b.ts": "1" },
    want: ["out/a.ts: is not what the generator writes", "out/b.ts: is not written by the generator"],
  },
];
for (const { name, onDisk, want } of cases) {
  Deno.test(`generatedProblems() judges ${name}`, async () => {
    const temporary = await Deno.makeTempDir();
    try {
      const root = new URL(`file://${temporary}/`);
      await Deno.mkdir(new URL("out/", root));
      for (const [file, text] of Object.entries(onDisk)) await Deno.writeTextFile(new URL(`out/${file}`, root), text);
      const problems = await generatedProblems([{ path: "out/a.ts", text: "1" }], { root, folder: "out" });
      assert.deepEqual(problems, want.length === 0 ? [] : [...want, "Run `deno task gen`"]);
    } finally {
      await Deno.remove(temporary, { recursive: true });
    }
  });
}
