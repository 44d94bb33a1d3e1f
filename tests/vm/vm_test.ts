/** Runs the tests of `inside/` in a virtual machine, whose kernel has what this machine's may lack: see README.md beside this. */
import { formatDuration } from "../../scripts/cluster/progress.ts";
import { printLine } from "../../scripts/print.ts";
import { tryBuild } from "../../scripts/cluster/try_build.ts";
import { guestGoPrograms } from "../../scripts/vm/requirements.ts";
import { consoleOf } from "../../scripts/vm/report.ts";
import { vmObstacle } from "../../scripts/vm/requirements.ts";
import { insidePaths } from "../../scripts/vm/run.ts";
import { type InsideRun, runInside } from "../../scripts/vm/run_inside.ts";
import type { JunitTest } from "../../scripts/test_report.ts";
import { testUnless } from "../shared/skip.ts";

const paths = insidePaths();
let running: Promise<InsideRun> | undefined;

/** Runs all tests at the first call; every call gives what came of them. */
function runOfAll(): Promise<InsideRun> {
  running ??= runAll();
  return running;
}

async function runAll(): Promise<InsideRun> {
  const startedMs = performance.now();
  const say = (line: string) => printLine(`${formatDuration(performance.now() - startedMs)}: ${line}`);
  const onLine = (line: string) => {
    if (/^(init|file): /.test(line)) say(line);
  };
  await tryBuild(guestGoPrograms, say);
  return await runInside(paths, { say, onLine });
}

/** Plays a test of the virtual machine as a step here. */
async function replay(t: Deno.TestContext, { name, outcome, failure }: JunitTest): Promise<void> {
  const fn = () => {
    if (outcome === "failed") throw new Error(`in the virtual machine: ${failure}`);
  };
  await t.step({ name, ignore: outcome === "skipped", fn });
}

for (const path of paths) {
  testUnless(vmObstacle(), {
    name: path,
    async fn(t) {
      const { reports, console, error } = await runOfAll();
      const { code, tests } = reports.get(path) ?? { code: undefined, tests: [] };
      for (const test of tests) await replay(t, test);
      const said = consoleOf(path, console).slice(-60).join("\n");
      if (code === undefined) {
        throw error ?? new Error(`Cannot tell what came of ${path}: no report came of it\n${said}`);
      }
      const isExplained = tests.some(({ outcome }) => outcome === "failed");
      if (code !== 0 && !isExplained) throw new Error(`Cannot run ${path}: deno test ended with ${code}\n${said}`);
    },
  });
}
