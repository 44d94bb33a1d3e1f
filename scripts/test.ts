/**
 * Runs the tests: `deno task test [--fast] [<layer or path>…] [<option of deno test>…]`.
 *
 * As root they get mounts and names of network namespaces of their own, so that several checkouts may be tested at once.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { clusterRequirements } from "./cluster/requirements.ts";
import { tryBuild } from "./cluster/try_build.ts";
import { mayOwnMounts, withOwnMounts } from "./own_mounts.ts";
import { prepare, requirements } from "./prepare.ts";
import { printLine } from "./print.ts";
import { preparePromtool } from "./promtool.ts";
import { parseTestArgs, testUsage } from "./test_layers.ts";
import { prepareVm } from "./vm/prepare.ts";
import { vmRequirements } from "./vm/requirements.ts";

const runModule = fileURLToPath(new URL("test_run.ts", import.meta.url));

/** What the tests before the layer "cluster" use of its programs: small ones. */
const programs = ["gops", "macvlan"];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** @returns exit status: 2 for a command line that asks for nothing */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    printLine(testUsage());
    return 0;
  }
  try {
    parseTestArgs(args);
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    printLine(err.message);
    return 2;
  }
  await prepareAll();
  return await runTests(args);
}

async function prepareAll(): Promise<void> {
  await prepare([...requirements, ...clusterRequirements, ...vmRequirements]);
  await prepareVm();
  await preparePromtool();
  await tryBuild(programs, (line) => printLine(`prepare: ${line}`));
}

async function runTests(args: readonly string[]): Promise<number> {
  const hasOwnMounts = mayOwnMounts();
  const run = [Deno.execPath(), "run", "-A", runModule, hasOwnMounts ? "own-mounts" : "shared-mounts", ...args];
  const [command = "", ...rest] = hasOwnMounts ? withOwnMounts(run) : run;
  return (await new Deno.Command(command, { args: rest }).spawn().status).code;
}
