import assert from "node:assert/strict";
import { asksForVersion, commitOf, commitStamp, packageVersion, versionLine } from "./version.ts";

Deno.test("packageVersion is the one of deno.json", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assert.equal(packageVersion, JSON.parse(text).version);
});

Deno.test("versionLine() names version, commit, Deno and V8 in one line", () => {
  const { deno, v8 } = Deno.version;
  assert.equal(versionLine("x"), `x ${packageVersion} (commit source, deno ${deno}, v8 ${v8})\n`);
  assert.equal(commitOf(commitStamp), "source");
  assert.equal(commitOf("spiderpool-commit:0123abc"), "0123abc");
});

const cases: { args: string[]; want: boolean }[] = [
  { args: ["--version"], want: true },
  { args: [], want: false },
  { args: ["daemon", "--version"], want: false },
  { args: ["--version", "daemon"], want: false },
];
for (const { args, want } of cases) {
  Deno.test(`asksForVersion() of [${args.join(" ")}] is ${want}`, () => assert.equal(asksForVersion(args), want));
}
