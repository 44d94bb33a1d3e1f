import assert from "node:assert/strict";
import { parseAddress, parsePrefix, prefixContains } from "../../../net/ip/mod.ts";
import { type Bed, page } from "../bed.ts";
import { assertSettled, readFacts } from "../checker.ts";
import { documentedCommands } from "../docs_commands.ts";
import { linksOfPods, pingAcrossNodes } from "../network_of_pods.ts";
import { PATIENT, patiently } from "../patience.ts";
import type { Step } from "../step.ts";

/** Addresses of the example's pool, and more. */
const EXAMPLE = parsePrefix("172.22.100.0/24");

/** An empty cluster, then what the page says, to the first Pod; the example is removed again. */
export const install: Step = {
  name: `${page}: apply the manifests, then the first pool; the first Pods run with addresses of the pool`,
  async run(bed) {
    await bed.follow(documentedCommands(page, "Install"));
    await bed.follow(documentedCommands(page, "First pool, first Pod"));
    const links = await linksOfPods(bed, { prefix: "first-", ifname: "net1" });
    const addresses = links.map(({ address }) => address);
    assert.equal(new Set(addresses).size, 2);
    assert(addresses.every((address) => prefixContains(EXAMPLE, parseAddress(address))), addresses.join(", "));
    await pingAcrossNodes(bed, links);
    await assertSettled(bed.cluster);
    await bed.kubectl(["delete", "-f", "manifests/examples/first-pod.yaml", PATIENT]); // the pool before the Pods
    await allFree(bed);
  },
};

/** Waits until no Pod of the default namespace is left and no address is in use. */
export async function allFree(bed: Bed): Promise<void> {
  const look = async () => {
    const { pods, pools } = await readFacts(bed.cluster);
    const left = [
      ...pods.filter(({ hostNetwork }) => !hostNetwork).map(({ key }) => `Pod ${key}`),
      ...pools.filter(({ records }) => records.length > 0).map(({ name, records }) => `${records.length} of ${name}`),
    ];
    return left.length === 0 ? undefined : `still there: ${left.join(", ")}`;
  };
  await patiently("see all addresses free", look);
  await assertSettled(bed.cluster);
}
