/**
 * Checks everything that needs no test: `deno task check`. All problems are shown, not only the first.
 *
 * @module
 */
import { docProblems } from "./check_docs.ts";
import { generatedProblems } from "./check_generated.ts";
import { importProblems } from "./check_imports.ts";
import { readmeProblems } from "./check_readme.ts";
import { generateFrom } from "./gen.ts";
import { printLine } from "./print.ts";
import { referenceFolder, referencePages } from "./reference/pages.ts";
import { runDeno } from "./run_deno.ts";
import { readSourceFiles } from "./source_files.ts";

/** One check; an empty list means that all is well. */
interface Check {
  readonly name: string;
  readonly problems: () => Promise<string[]>;
}

/** Folders whose exports need docstrings. */
const documentedFolders = ["net/", "crd/", "agent/", "controller/", "plugins/"];

/** All checks of the repository at `root`. */
function checksOf(root: URL): Check[] {
  return [
    { name: "format", problems: () => commandProblems(["fmt", "--check"], root) },
    { name: "lint", problems: () => commandProblems(["lint"], root) },
    { name: "types", problems: () => commandProblems(["check", "--quiet", "."], root) },
    { name: "import direction", problems: async () => (await readSourceFiles(root)).flatMap(importProblems) },
    { name: "generated files", problems: () => generatedFilesProblems(root) },
    { name: "README", problems: async () => readmeProblems(await readReadme(root), Deno.version.deno) },
    { name: "docstrings", problems: () => docstringProblems(root) },
  ];
}

async function commandProblems(args: readonly string[], root: URL): Promise<string[]> {
  const { success, stdout, stderr } = await runDeno(args, root);
  return success ? [] : [`${stdout}${stderr}`.trimEnd()];
}

async function generatedFilesProblems(root: URL): Promise<string[]> {
  return [
    ...await generatedProblems(await generateFrom(root), { root, folder: "crd/generated" }),
    ...await generatedProblems(referencePages(), { root, folder: referenceFolder }),
  ];
}

async function readReadme(root: URL): Promise<string> {
  return await Deno.readTextFile(new URL("README.md", root));
}

async function docstringProblems(root: URL): Promise<string[]> {
  const paths = (await readSourceFiles(root)).map(({ path }) => path)
    .filter((path) => documentedFolders.some((folder) => path.startsWith(folder)))
    .filter((path) => !path.endsWith("_test.ts") && !path.endsWith("/mod.ts")); // a mod.ts only re-exports
  const { success, stdout, stderr } = await runDeno(["doc", "--json", ...paths], root);
  return success ? docProblems(JSON.parse(stdout), root.href) : [stderr.trimEnd()];
}

/** Runs `checks` one after the other; the names of those that found problems. */
async function runChecks(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, problems } of checks) {
    const start = performance.now();
    const found = await problems().catch((error) => [String(error)]); // the others still run
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    printLine(`check ${name}: ${found.length === 0 ? "ok" : "FAILED"} (${seconds} s)`);
    for (const problem of found) printLine(problem.replaceAll(/^/gm, "  "));
    if (found.length > 0) failed.push(name);
  }
  return failed;
}

if (import.meta.main) {
  const failed = await runChecks(checksOf(new URL("../", import.meta.url)));
  printLine(failed.length === 0 ? "all checks passed" : `checks failed: ${failed.join(", ")}`);
  if (failed.length > 0) Deno.exit(1);
}
