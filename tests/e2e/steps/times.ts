import { printLine } from "../../../scripts/print.ts";
import { assertSettled } from "../checker.ts";
import type { Step } from "../step.ts";
import { networkOf, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

/** Memory that is wanted for each Pod, in bytes: its two shims and processes take less. */
const BYTES_PER_POD = 40e6;

const objects = [poolOf("times-v4", "172.22.6.1-172.22.6.254"), networkOf("times", { v4: "times-v4" })];

/** Prints how long Pods take; nothing is demanded of the figures. Other steps print that of 20. */
export const times: readonly Step[] = [1, 100].map((replicas) => ({
  name: `time of ${replicas} Pods from apply to Running`,
  async run(bed) {
    if (Deno.systemMemoryInfo().available < replicas * BYTES_PER_POD) {
      return printLine(`left out: ${replicas} Pods want ${replicas * BYTES_PER_POD / 1e6} MB of memory`);
    }
    await deploy(bed, { name: "times", objects, wish: { replicas, network: "times" } });
    await assertSettled(bed.cluster);
    await remove(bed, "times", objects);
  },
}));
