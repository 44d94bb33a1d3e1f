/**
 * End to end: real Kubernetes of two nodes, the image, `manifests/`, Multus and macvlan. One cluster for all steps, in order.
 * `SPIDERPOOL_E2E_STEPS=<regular expression>` runs only the installation and the steps whose names match.
 */
import { Cluster } from "../../scripts/cluster/mod.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { Bed } from "./bed.ts";
import { diagnose, sweep } from "./diagnosis.ts";
import type { Step } from "./step.ts";
import { cnitool } from "./steps/cnitool.ts";
import { disturbed } from "./steps/disturbances.ts";
import { families, scaling, secondInterface } from "./steps/families.ts";
import { install, uninstall } from "./steps/install.ts";
import { fullPool, oneSpare } from "./steps/pressure.ts";
import { times } from "./steps/times.ts";

const wanted = new RegExp(Deno.env.get("SPIDERPOOL_E2E_STEPS") ?? "");

const steps: readonly Step[] = [
  ...times,
  ...families,
  secondInterface,
  scaling,
  oneSpare,
  fullPool,
  cnitool,
  ...disturbed,
  uninstall,
];

testUnless(firstReason(needsCommand("ping"), needsCommand("nsenter")) ?? await Cluster.obstacle(), {
  name: "two nodes, end to end",
  async fn(t) {
    await using bed = await Bed.start();
    const isInstalled = await t.step(install.name, () => runStep(bed, install));
    for (const step of steps) {
      const ignore = !isInstalled || !wanted.test(step.name);
      await t.step({ name: step.name, ignore, fn: () => runStep(bed, step) });
    }
  },
});

/** Runs a step; when it fails, the error also says how the cluster is. */
async function runStep(bed: Bed, { run }: Step): Promise<void> {
  try {
    await run(bed);
  } catch (err) {
    const message = err instanceof Error ? err.message : String(err);
    const state = await diagnose(bed);
    await sweep(bed);
    throw new Error(`${message}\n\n${state}`, { cause: err });
  }
}
