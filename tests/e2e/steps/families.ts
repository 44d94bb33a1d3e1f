import assert from "node:assert/strict";
import { formatDuration } from "../../../scripts/cluster/progress.ts";
import { printLine } from "../../../scripts/print.ts";
import type { Bed } from "../bed.ts";
import { assertSettled, readFacts } from "../checker.ts";
import { linksOfPods, pingAcrossNodes } from "../network_of_pods.ts";
import { PATIENT } from "../patience.ts";
import { rolledOut } from "../rollout.ts";
import type { Step } from "../step.ts";
import {
  deploymentOf,
  type DeploymentWish,
  type Manifest,
  NAMESPACE,
  networkOf,
  type NetworkWish,
  poolOf,
} from "../workload.ts";
import { allFree } from "./install.ts";

const v4 = poolOf("lan-v4", "172.22.1.1-172.22.1.40");
const v6 = poolOf("lan-v6", "fd00:22::1:1-fd00:22::1:ffff");

/** Of a subnet that eth0 has no route to: answers to net1 go out of net1. */
const second: Manifest = {
  ...poolOf("second-v4", "172.23.2.1-172.23.2.40"),
  spec: { ipVersion: 4, subnet: "172.23.0.0/16", ips: ["172.23.2.1-172.23.2.40"] },
};

/** Both interfaces are on one L2 network, where Linux answers ARP for any of its addresses on each. Source: ip-sysctl.rst, arp_ignore. */
const ANSWER_FOR_OWN_ADDRESS = { "net.ipv4.conf.all.arp_ignore": "1" };

interface FamilyCase {
  readonly name: string;
  readonly replicas: number;
  readonly pools: readonly Manifest[];
  readonly network: NetworkWish;
  /** Addresses on each Pod's eth0. */
  readonly addresses: number;
}

const cases: readonly FamilyCase[] = [
  { name: "ipv4", replicas: 20, pools: [v4], network: { v4: "lan-v4" }, addresses: 1 },
  { name: "ipv6", replicas: 6, pools: [v6], network: { v6: "lan-v6" }, addresses: 1 },
  { name: "dual", replicas: 20, pools: [v4, v6], network: { v4: "lan-v4", v6: "lan-v6" }, addresses: 2 },
];

/** Deployments on macvlan in each family: addresses of the pools, Pods reach each other across nodes. */
export const families: readonly Step[] = cases.map(({ name, replicas, pools, network, addresses }) => ({
  name: `${replicas} Pods on macvlan, ${name}: addresses of the pools, ping across nodes`,
  async run(bed) {
    const objects = [...pools, networkOf(name, network)];
    await deploy(bed, { name, objects, wish: { replicas, network: name } });
    const links = await linksOfPods(bed, { prefix: `${name}-`, ifname: "eth0" });
    assert.equal(links.length, replicas * addresses);
    await pingAcrossNodes(bed, links);
    await assertSettled(bed.cluster);
    await remove(bed, name, objects);
  },
}));

/** A second interface by annotation, with an address of a pool of its own. */
export const secondInterface: Step = {
  name: "a second interface by annotation: an address on each, ping across nodes on both",
  async run(bed) {
    const objects = [
      v4,
      v6,
      second,
      networkOf("two", { v4: "lan-v4", v6: "lan-v6" }),
      networkOf("more", { v4: "second-v4", sysctl: ANSWER_FOR_OWN_ADDRESS }),
    ];
    await deploy(bed, { name: "two", objects, wish: { replicas: 6, network: "two", further: ["more"] } });
    for (const ifname of ["eth0", "net1"]) {
      const links = await linksOfPods(bed, { prefix: "two-", ifname });
      assert.equal(links.length, ifname === "eth0" ? 12 : 6);
      await pingAcrossNodes(bed, links);
    }
    await assertSettled(bed.cluster);
    await remove(bed, "two", objects);
  },
};

/** Addresses follow the number of Pods. */
export const scaling: Step = {
  name: "scale up and down: as many addresses in use as there are Pods",
  async run(bed) {
    const objects = [v4, networkOf("scale", { v4: "lan-v4" })];
    await deploy(bed, { name: "scale", objects, wish: { replicas: 2, network: "scale" } });
    for (const replicas of [12, 3, 8, 0]) {
      await bed.kubectl(["-n", NAMESPACE, "scale", "deployment/scale", `--replicas=${replicas}`]);
      await rolledOut(bed, "scale");
      await assertSettled(bed.cluster); // also waits for those that end
      const { pools } = await readFacts(bed.cluster);
      assert.equal(pools.find(({ name }) => name === "lan-v4")?.records.length, replicas);
    }
    await remove(bed, "scale", objects);
  },
};

/** A Deployment and what it needs. */
export interface DeployOptions {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly wish: DeploymentWish;
}

/** Applies all of it and waits for the Pods; prints how long that took. */
export async function deploy(bed: Bed, { name, objects, wish }: DeployOptions): Promise<void> {
  await bed.apply(...objects);
  const startedMs = performance.now();
  await bed.apply(deploymentOf(name, wish));
  await rolledOut(bed, name);
  printLine(`${wish.replicas} Pods (${name}) from apply to Running: ${formatDuration(performance.now() - startedMs)}`);
}

/** Deletes a Deployment, waits until its addresses are free, then deletes what it needed. */
export async function remove(bed: Bed, name: string, objects: readonly Manifest[]): Promise<void> {
  await bed.kubectl(["-n", NAMESPACE, "delete", "deployment", name, PATIENT]);
  await allFree(bed);
  await bed.delete(...objects);
}
