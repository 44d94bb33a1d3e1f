/** Pods as peers on the network. */
import { runFreely } from "../../scripts/cluster/command.ts";
import type { Bed } from "./bed.ts";
import { readFacts } from "./checker.ts";
import type { LinkFact } from "./facts.ts";
import { patiently } from "./patience.ts";

/** Addresses of Pods by Pod name: only Pods whose names begin with `prefix`, only the interface `ifname`. */
export async function linksOfPods(
  bed: Bed,
  { prefix, ifname }: { readonly prefix: string; readonly ifname: string },
): Promise<LinkFact[]> {
  const { pods, links } = await readFacts(bed.cluster);
  const uids = new Set(pods.filter(({ key }) => key.includes(`/${prefix}`)).map(({ uid }) => uid));
  return links.filter((link) => link.ifname === ifname && link.podUid !== undefined && uids.has(link.podUid));
}

/** Pings every address of the other nodes from one Pod of each node, in each family. @throws {WaitError} that names who does not answer */
export async function pingAcrossNodes(bed: Bed, links: readonly LinkFact[]): Promise<void> {
  for (const node of bed.cluster.nodes) {
    for (const isV6 of [false, true]) {
      const ofFamily = links.filter(({ address }) => address.includes(":") === isV6);
      const [from] = ofFamily.filter((link) => link.node === node.name);
      if (from === undefined) continue;
      const others = ofFamily.filter((link) => link.node !== node.name);
      await Promise.all(others.map((to) => ping(bed, from, to.address)));
    }
  }
}

/** Pings from the network namespace of `from`, until there is an answer: a new address is known to neighbors after a moment. */
export async function ping(bed: Bed, from: LinkFact, address: string): Promise<void> {
  const netns = bed.cluster.node(from.node).hostPath(from.netns);
  const argv = ["nsenter", `--net=${netns}`, "ping", "-n", "-c", "1", "-W", "1", "-I", from.ifname, address];
  const look = async () => (await runFreely(argv)).code === 0 ? undefined : "no answer";
  const what = `ping ${address} from ${from.address} (${from.ifname} on ${from.node})`;
  await patiently(what, look, { everyMs: 100 });
}
