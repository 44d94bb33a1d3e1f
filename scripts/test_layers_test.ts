import assert from "node:assert/strict";
import { runDeno } from "./run_deno.ts";
import { readSourceFiles } from "./source_files.ts";
import { parseTestArgs, testLayers, testUsage } from "./test_layers.ts";

const all = testLayers.map(({ name }) => name);
const cases = [
  { args: [], layers: all, rest: [] },
  { args: ["--fast"], layers: ["unit", "agent", "kernel", "plugin"], rest: [] },
  { args: ["kube", "kernel"], layers: ["kernel", "kube"], rest: [] },
  { args: ["net/ip"], layers: ["net/ip"], rest: [] },
  { args: ["net/ip", "--filter", "parse"], layers: ["net/ip"], rest: ["--filter", "parse"] },
  { args: ["--filter", "parse"], layers: all, rest: ["--filter", "parse"] },
  { args: ["end to end", "--fail-fast"], layers: ["end to end"], rest: ["--fail-fast"] },
];
for (const { args, layers, rest } of cases) {
  Deno.test(`parseTestArgs() reads: ${args.join(" ") || "nothing"}`, () => {
    const request = parseTestArgs(args);
    assert.deepEqual(request.layers.map(({ name }) => name), layers);
    assert.deepEqual(request.args, rest);
  });
}

Deno.test("parseTestArgs() refuses --fast with slow layers only: a run of nothing would look good", () => {
  assert.throws(() => parseTestArgs(["--fast", "kube"]), { name: "RangeError", message: /kube with --fast/ });
});

Deno.test("testLayers hold every test of the repository exactly once", async () => {
  const root = new URL("../", import.meta.url);
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (isDirectory && !name.startsWith(".") && name !== "tests") folders.push(name);
  }
  for await (const { name, isDirectory } of Deno.readDir(new URL("tests/", root))) {
    if (isDirectory) folders.push(`tests/${name}`);
  }
  const paths = testLayers.flatMap((layer) => layer.paths);
  assert.equal(new Set(paths).size, paths.length);
  const untested = ["docs", "manifests", "dist", "node_modules", "tests/fixtures"];
  assert.deepEqual(folders.filter((name) => !paths.includes(name) && !untested.includes(name)), []);
});

Deno.test("no test of a parallel layer changes the folder or the umask of the process", async () => {
  const folders = testLayers.filter(({ isParallel }) => isParallel).flatMap(({ paths }) => paths);
  const files = (await readSourceFiles(new URL("../", import.meta.url)))
    .filter(({ path }) => path.endsWith("_test.ts") && folders.some((folder) => path.startsWith(`${folder}/`)));
  assert.ok(files.length > 100);
  assert.deepEqual(files.filter(({ text }) => /Deno\.(?:chdir|umask)\(/.test(text)).map(({ path }) => path), []);
});

Deno.test("testUsage() tells every layer and what each option does", () => {
  const usage = testUsage();
  for (const word of ["--fast", "--filter", ...testLayers.map(({ name }) => name)]) {
    assert.ok(usage.includes(word), word);
  }
});

Deno.test("--help of the test runner prints its usage and runs nothing", async () => {
  const { stdout } = await runDeno(["run", "-A", "scripts/test.ts", "--help"], new URL("../", import.meta.url));
  assert.equal(stdout.trimEnd(), testUsage());
});
