/**
 * Runs tests in the virtual machine and shows its console: `deno run -A scripts/vm/run.ts [path…] [option of deno test…]`.
 *
 * @module
 */
import { printLine } from "../print.ts";
import { runInside } from "./run_inside.ts";

/** The tests that are made for it. */
export const insideFolder = "tests/vm/inside";

/** Paths of the files in {@linkcode insideFolder}, sorted. */
export function insidePaths(): string[] {
  const names = [...Deno.readDirSync(new URL(`../../${insideFolder}`, import.meta.url))].map(({ name }) => name);
  return names.filter((name) => name.endsWith("_test.ts")).sort().map((name) => `${insideFolder}/${name}`);
}

if (import.meta.main) {
  const startedMs = performance.now();
  const seconds = () => ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
  const onLine = (line: string) => printLine(`${seconds()} ${line}`);
  const [paths, options] = [false, true].map((isOption) => Deno.args.filter((arg) => arg.startsWith("-") === isOption));
  const chosen = paths?.length ? paths : insidePaths();
  const { reports, error } = await runInside(chosen, { say: printLine, onLine, options: options ?? [] });
  if (error !== undefined) printLine(error.message);
  Deno.exit(error === undefined && chosen.every((path) => reports.get(path)?.code === 0) ? 0 : 1);
}
