/**
 * End to end: real Kubernetes of two nodes, the image, `manifests/`, Multus and macvlan. One cluster for all steps, in order.
 *
 * - `SPIDERPOOL_E2E_FORMAT=compile` tests an image of compiled executables, with the steps in which these take part
 * - `SPIDERPOOL_E2E_STEPS=<regular expression>` runs only the installation and the steps whose names match
 */
import { Cluster } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import { needsToolchain } from "../build/needs_toolchain.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { Bed, page } from "./bed.ts";
import { diagnose, sweep } from "./diagnosis.ts";
import { FORMAT_VARIABLE, parseFormat } from "./format.ts";
import type { Step } from "./step.ts";
import { cnitool } from "./steps/cnitool.ts";
import { executablesAreCompiled } from "./steps/compiled.ts";
import { coordinatorChains } from "./steps/coordinator.ts";
import { agentKilled, disturbances, shaken, shakenGone } from "./steps/disturbances.ts";
import { families, scaling, secondInterface } from "./steps/families.ts";
import { install } from "./steps/install.ts";
import { lastAddresses } from "./steps/last_addresses.ts";
import { peers } from "./steps/peers.ts";
import { fullPool, oneSpare } from "./steps/pressure.ts";
import { stateful } from "./steps/stateful.ts";
import { times } from "./steps/times.ts";
import { uninstall } from "./steps/uninstall.ts";
import { webhooks } from "./steps/webhook.ts";

const format = parseFormat(Deno.env.get(FORMAT_VARIABLE));
const wanted = new RegExp(Deno.env.get("SPIDERPOOL_E2E_STEPS") ?? "");

/** Steps that run the executables in all their roles. */
const ofExecutables: readonly Step[] = [...families, scaling, shaken, agentKilled, shakenGone, uninstall];

const steps: Readonly<Record<typeof format, readonly Step[]>> = {
  bundle: [
    ...times,
    ...families,
    secondInterface,
    ...coordinatorChains,
    scaling,
    oneSpare,
    fullPool,
    lastAddresses,
    ...stateful,
    peers,
    cnitool,
    ...webhooks,
    shaken,
    agentKilled,
    ...disturbances,
    shakenGone,
    uninstall,
  ],
  compile: [executablesAreCompiled, ...ofExecutables],
};

const reason = firstReason(
  needsCommand("ping"),
  needsCommand("nsenter"),
  needsCommand("apt-get"),
  needsCommand("dpkg-deb"),
  ...(format === "compile" ? [needsToolchain()] : []),
) ?? await Cluster.obstacle();

testUnless(reason, {
  name: `operations row 14.2: two nodes, end to end, image of format ${format}`,
  async fn(t) {
    await using stack = new AsyncDisposableStack();
    let bed: Bed | undefined;
    await t.step(`${page}: cluster and image on one machine`, async () => {
      bed = stack.use(await Bed.start(format));
    });
    if (bed === undefined) return; // the step has told why
    await runSteps(t, bed);
  },
});

/** Runs the installation and, if that went well, the steps that are wanted. */
async function runSteps(t: Deno.TestContext, bed: Bed): Promise<void> {
  const isInstalled = await t.step(install.name, () => runStep(bed, install));
  for (const step of steps[bed.format]) {
    const ignore = !isInstalled || !wanted.test(step.name);
    await t.step({ name: step.name, ignore, fn: () => runStep(bed, step) });
  }
}

/** Runs a step; when it fails, it prints how the cluster is. */
async function runStep(bed: Bed, { run }: Step): Promise<void> {
  try {
    await run(bed);
  } catch (err) {
    printLine(await diagnose(bed));
    await sweep(bed);
    throw err;
  }
}
