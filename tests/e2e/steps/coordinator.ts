import assert from "node:assert/strict";
import type { Node } from "../../../scripts/cluster/mod.ts";
import type { Bed } from "../bed.ts";
import { assertSettled, readFacts } from "../checker.ts";
import { allTalk, type Conversation, conversationsOf, NAME_PORT, type Target } from "../conversations.ts";
import type { LinkFact } from "../facts.ts";
import type { Step } from "../step.ts";
import { SERVICE_PREFIXES, UnderlayNodes } from "../underlay_nodes.ts";
import { type Manifest, networkOf, type NetworkWish, poolOf } from "../workload.ts";
import { deploy, remove } from "./families.ts";

/** Two of each node. */
const REPLICAS = 4;

/** Name of the Deployment, and of its networks. */
const NAME = "chain";

const first = {
  v4: poolOf("chain-v4", "172.22.9.1-172.22.9.40"),
  v6: poolOf("chain-v6", "fd00:22::9:1-fd00:22::9:ff"),
};

/** Of subnets of their own, without a gateway: what leaves them goes by the first link or by the node. */
const second = {
  v4: poolWithout("chain2-v4", { ipVersion: 4, subnet: "172.23.0.0/16", ips: ["172.23.9.1-172.23.9.40"] }),
  v6: poolWithout("chain2-v6", { ipVersion: 6, subnet: "fd00:23::/64", ips: ["fd00:23::9:1-fd00:23::9:ff"] }),
};

/** What tells the plugin how to work; a controller fills the status where there is one. */
const spiderCoordinator: Manifest = {
  apiVersion: "spiderpool.spidernet.io/v2beta1",
  kind: "SpiderCoordinator",
  metadata: { name: "default" },
  spec: { podCIDRType: "none" },
};

interface ChainCase {
  readonly name: string;
  readonly families: readonly ("v4" | "v6")[];
  /** Links that the chain makes; `eth0` is the cluster's own where it is not among them. */
  readonly links: readonly ("eth0" | "net1")[];
}

const cases: readonly ChainCase[] = [
  { name: "ipv4", families: ["v4"], links: ["eth0", "net1"] },
  { name: "ipv6", families: ["v6"], links: ["eth0", "net1"] },
  { name: "dual stack", families: ["v4", "v6"], links: ["eth0", "net1"] },
  { name: "dual stack, one link", families: ["v4", "v6"], links: ["eth0"] },
  { name: "ipv4 behind the cluster's own network", families: ["v4"], links: ["net1"] },
];

/** The coordinator behind macvlan through Multus: Pods, nodes and service addresses reach each other over each link. */
export const coordinatorChains: readonly Step[] = cases.map((chain) => ({
  name: `macvlan and coordinator, ${chain.name}: ping and TCP between Pods, nodes and service addresses`,
  async run(bed) {
    await using nodes = await UnderlayNodes.make(bed);
    const { objects, networks } = manifestsOf(chain);
    await synced(bed);
    try {
      const [network] = chain.links.includes("eth0") ? networks : [];
      const further = chain.links.includes("net1") ? networks.slice(-1) : [];
      const wish = { replicas: REPLICAS, further, port: NAME_PORT, ...(network === undefined ? {} : { network }) };
      await deploy(bed, { name: NAME, objects, wish });
      const links = await chainLinks(bed, chain);
      assert.equal(links.length, REPLICAS * chain.links.length * chain.families.length);
      await allTalk(conversations(bed, { links, nodes }));
      await assertSettled(bed.cluster);
      await remove(bed, NAME, objects);
      for (const node of bed.cluster.nodes) assert.deepEqual(await leftOn(node), [], node.name);
    } finally {
      await bed.delete(spiderCoordinator);
    }
  },
}));

/** Links and routes to Pods that the plugin has made on a node: none once these have gone. */
async function leftOn(node: Node): Promise<string[]> {
  const links = await node.exec("ip", "-o", "link", "show", "type", "veth");
  const routes = await Promise.all(
    ["-4", "-6"].map((family) => node.exec("ip", family, "route", "show", "table", "all")),
  );
  return [
    ...links.match(/veth[0-9a-f]{11}@/g) ?? [],
    ...routes.join("").split("\n").filter((route) => route.includes(" table 500 ")),
  ];
}

/** Pools and networks of a chain: the first link's, then the second's. */
function manifestsOf({ families, links }: ChainCase): { objects: Manifest[]; networks: string[] } {
  const made = links.map((link) => {
    const pools = families.map((family) => (link === "net1" ? second : first)[family]);
    const names = Object.fromEntries(families.map((family, i) => [family, pools[i]?.metadata.name ?? ""]));
    const wish: NetworkWish = { ...names, coordinated: true };
    return { pools, network: networkOf(`${NAME}-${link}`, wish) };
  });
  return {
    objects: made.flatMap(({ pools, network }) => [...pools, network]),
    networks: made.map(({ network }) => network.metadata.name),
  };
}

/** As docs/coordinator.md says as long as no controller does it. */
async function synced(bed: Bed): Promise<void> {
  await bed.apply(spiderCoordinator);
  const status = { phase: "Synced", overlayPodCIDR: ["10.223.0.0/16"], serviceCIDR: SERVICE_PREFIXES };
  const patch = JSON.stringify({ status });
  await bed.kubectl([
    "patch",
    "spidercoordinator",
    "default",
    "--subresource=status",
    "--type=merge",
    "-p",
    patch,
  ]);
}

/** A link's address with the name of its Pod. */
type NamedLink = LinkFact & { readonly pod: string };

async function chainLinks(bed: Bed, chain: ChainCase): Promise<NamedLink[]> {
  const { pods, links } = await readFacts(bed.cluster);
  const names = new Map(pods.map(({ uid, key }) => [uid, key.split("/")[1] ?? ""]));
  return links.map((link) => ({ ...link, pod: names.get(link.podUid ?? "") ?? "" }))
    .filter(({ pod, ifname }) => pod.startsWith(`${NAME}-`) && chain.links.some((name) => name === ifname));
}

/** Pods and nodes ask all addresses of their subnet; Pods ask their node's service address from each of theirs. */
function conversations(
  bed: Bed,
  { links, nodes }: { readonly links: readonly NamedLink[]; readonly nodes: UnderlayNodes },
): Conversation[] {
  const pods = links.map(({ pod: name, address }): Target => ({ name, address }));
  const fromPods = links.flatMap((link) => {
    const { pod: name, address: from } = link;
    const asker = { name, from, netns: bed.cluster.node(link.node).hostPath(link.netns), isV6: from.includes(":") };
    const near = [...pods, ...nodes.targets].filter(({ address }) => subnetOf(address) === subnetOf(from));
    return conversationsOf([asker], [...near, ...nodes.servicesOf(link.node)]);
  });
  const fromNodes = bed.cluster.nodes.flatMap(({ name, netns }) =>
    conversationsOf([{ name, netns, isV6: false }, { name, netns, isV6: true }], pods)
  );
  return [...fromPods, ...fromNodes];
}

/** What addresses of one subnet here have in common. */
function subnetOf(address: string): string {
  return address.split(/[.:]/).slice(0, 2).join();
}

function poolWithout(
  name: string,
  spec: { readonly ipVersion: 4 | 6; readonly subnet: string; readonly ips: readonly string[] },
): Manifest {
  return { ...poolOf(name, spec.ips[0] ?? ""), spec };
}
