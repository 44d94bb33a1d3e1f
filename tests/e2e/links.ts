/** Addresses that the kernels of nodes have in Pods' network namespaces. */
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { Node } from "../../scripts/cluster/mod.ts";
import { runFreely } from "../../scripts/cluster/command.ts";
import type { LinkFact } from "./facts.ts";
import { tasksOf } from "./sandboxes.ts";

/** Folder of network namespaces that containerd makes, in a node. */
const NETNS_FOLDER = "/run/containerd/io.containerd.grpc.v1.cri/netns";

/** How many namespaces are read at a time. */
const AT_ONCE = 4;

/** An interface as `ip -j address` prints it. */
interface PrintedLink {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly scope?: string }[];
}

/** Reads all of them on one node, also those in namespaces that belong to no sandbox. */
export async function linksOf(node: Node): Promise<LinkFact[]> {
  const owners = new Map((await tasksOf(node)).map(({ netns, podUid }) => [netns, podUid]));
  const waiting = [...Deno.readDirSync(node.hostPath(NETNS_FOLDER))].map(({ name }) => `${NETNS_FOLDER}/${name}`);
  const facts: LinkFact[] = [];
  const worker = async () => {
    for (let netns = waiting.pop(); netns !== undefined; netns = waiting.pop()) {
      const place = { node: node.name, netns, podUid: owners.get(netns) };
      for (const address of await addressesIn(node.hostPath(netns))) facts.push({ ...place, ...address });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return facts;
}

/** An address and its interface. */
type LinkAddress = Pick<LinkFact, "ifname" | "address">;

/** Addresses of scope global in the namespace at `path`; none if it has gone. */
export async function addressesIn(path: string): Promise<LinkAddress[]> {
  const { code, stdout, stderr } = await runFreely(["nsenter", `--net=${path}`, "ip", "-j", "address"]);
  if (code === 0) return parseLinks(JSON.parse(stdout));
  if (/No such file|Invalid argument/.test(stderr)) return []; // unmounted meanwhile
  throw new Error(`Cannot read addresses in ${path}: ${stderr.trim()}`);
}

/** Reads what `ip -j address` printed; IPv6 link-local and loopback addresses are left out. */
export function parseLinks(links: readonly PrintedLink[]): LinkAddress[] {
  return links.flatMap(({ ifname = "", addr_info = [] }) =>
    addr_info.filter(({ scope, local }) => scope === "global" && local !== undefined)
      .map(({ local = "" }) => ({ ifname, address: formatAddress(parseAddress(local)) }))
  );
}
