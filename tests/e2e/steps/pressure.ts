import assert from "node:assert/strict";
import { assertSettled, readFacts } from "../checker.ts";
import { patiently } from "../patience.ts";
import { rolledOut } from "../rollout.ts";
import type { Step } from "../step.ts";
import { deploymentOf, NAMESPACE, networkOf, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

/** A rolling update where only one address is free at any time. */
export const oneSpare: Step = {
  name: "a rolling update on a pool with exactly one spare address",
  async run(bed) {
    const objects = [poolOf("tight-v4", "172.22.3.1-172.22.3.7"), networkOf("tight", { v4: "tight-v4" })];
    await deploy(bed, { name: "tight", objects, wish: { replicas: 6, network: "tight", maxSurge: 1 } });
    const before = (await readFacts(bed.cluster)).pods.map(({ uid }) => uid);
    await bed.kubectl(["-n", NAMESPACE, "rollout", "restart", "deployment/tight"]);
    await rolledOut(bed, "tight");
    await assertSettled(bed.cluster);
    const after = (await readFacts(bed.cluster)).pods.filter(({ hostNetwork }) => !hostNetwork);
    assert.deepEqual(after.filter(({ uid }) => before.includes(uid)).map(({ key }) => key), []);
    await remove(bed, "tight", objects);
  },
};

/** A pool that is too small says so where people look, and a larger one heals it. */
export const fullPool: Step = {
  name: "a full pool shows its reason in kubectl describe pod; when it grows, the Pod starts",
  async run(bed) {
    const network = networkOf("full", { v4: "full-v4" });
    await bed.apply(poolOf("full-v4", "172.22.4.1-172.22.4.2"), network);
    await bed.apply(deploymentOf("full", { replicas: 3, network: "full" }));
    const look = async () => {
      const text = await bed.kubectl(["-n", NAMESPACE, "describe", "pod", "-l", "app=full"]);
      return /FailedCreatePodSandBox.*IPPool "full-v4": all IP addresses used out \(2 usable\)/.test(text)
        ? undefined
        : "no event says so";
    };
    await patiently("see why the third Pod does not start", look);
    const grown = poolOf("full-v4", "172.22.4.1-172.22.4.3");
    await bed.apply(grown);
    await rolledOut(bed, "full");
    await assertSettled(bed.cluster);
    await remove(bed, "full", [grown, network]);
  },
};
