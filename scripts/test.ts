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
import { testUsage } from "./test_layers.ts";
import { prepareVm } from "./vm/prepare.ts";
import { vmRequirements } from "./vm/requirements.ts";

const runModule = fileURLToPath(new URL("test_run.ts", import.meta.url));

/** What the tests before the layer "cluster" use of its programs: small ones. */
const programs = ["gops", "macvlan"];

if (import.meta.main) {
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
    printLine(testUsage());
    Deno.exit(0);
  }
  await prepare([...requirements, ...clusterRequirements, ...vmRequirements]);
  await prepareVm();
  await preparePromtool();
  await tryBuild(programs, (line) => printLine(`prepare: ${line}`));
  const hasOwnMounts = mayOwnMounts();
  const run = [Deno.execPath(), "run", "-A", runModule, hasOwnMounts ? "own-mounts" : "shared-mounts", ...Deno.args];
  const [command = "", ...args] = hasOwnMounts ? withOwnMounts(run) : run;
  const { code } = await new Deno.Command(command, { args }).spawn().status;
  Deno.exit(code);
}
