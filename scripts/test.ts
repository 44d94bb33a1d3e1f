/**
 * Runs the tests: `deno task test [--fast] [<layer or path>…] [<option of deno test>…]`.
 *
 * As root they get mounts and names of network namespaces of their own, so that several checkouts may be tested at once.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { clusterRequirements } from "./cluster/requirements.ts";
import { mayOwnMounts, withOwnMounts } from "./own_mounts.ts";
import { prepare, requirements } from "./prepare.ts";
import { preparePromtool } from "./promtool.ts";
import { prepareVm } from "./vm/prepare.ts";
import { vmRequirements } from "./vm/requirements.ts";

const runModule = fileURLToPath(new URL("test_run.ts", import.meta.url));

if (import.meta.main) {
  await prepare([...requirements, ...clusterRequirements, ...vmRequirements]);
  await prepareVm();
  await preparePromtool();
  const hasOwnMounts = mayOwnMounts();
  const run = [Deno.execPath(), "run", "-A", runModule, hasOwnMounts ? "own-mounts" : "shared-mounts", ...Deno.args];
  const [command = "", ...args] = hasOwnMounts ? withOwnMounts(run) : run;
  const { code } = await new Deno.Command(command, { args }).spawn().status;
  Deno.exit(code);
}
