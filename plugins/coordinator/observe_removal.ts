import type { Family } from "../../net/ip/mod.ts";
import type { Link } from "../../net/route/mod.ts";
import type { StepNetns } from "../../net/steps/mod.ts";
import { familiesOf } from "./addresses.ts";
import { hostVethName } from "./names.ts";
import { type Leaving, waysLinks } from "./plan_removal.ts";

/** The netlink of the node, as far as it is read. */
export type NodeNetlink = Pick<
  StepNetns["netlink"],
  "links" | "tryLinkByName" | "tryLinkByIndex" | "routes" | "neighbors"
>;

/** Of so many links the kernel is asked one by one; of more it is asked for everything once. */
const MAX_QUESTIONS = 4;

/**
 * Reads what {@linkcode Leaving} wants to know of the node, and little more: a node may have thousands of routes and hundreds
 * of links that are not this Pod's.
 *
 * @throws {NetlinkError} @throws {DumpInterruptedError}
 */
export function observeRemoval(netlink: NodeNetlink, leaving: Omit<Leaving, "host">): Leaving["host"] {
  const links = linksOf(netlink, leaving);
  const candidates = waysLinks({ ...leaving, links });
  const families = familiesOf(leaving.addresses);
  const questions = candidates.length > MAX_QUESTIONS ? [undefined] : candidates.map(({ index }) => index);
  const ask = <T>(list: (filter: { index: number | undefined; family: Family }) => readonly T[]): T[] =>
    families.flatMap((family) => questions.flatMap((index) => list({ index, family })));
  return {
    links,
    routes: ask((filter) => netlink.routes({ table: "all", ...filter })),
    neighbors: ask((filter) => netlink.neighbors(filter)),
  };
}

/** While the Pod is there, its first link tells the only other one that counts; without addresses none does. */
function linksOf(netlink: NodeNetlink, { containerId, addresses, firstLink }: Omit<Leaving, "host">): Link[] {
  if (firstLink === undefined && addresses.length > 0) return netlink.links();
  const own = netlink.tryLinkByName(hostVethName(containerId));
  const parent = firstLink?.parentIndex;
  const other = parent === undefined || parent === own?.index ? undefined : netlink.tryLinkByIndex(parent);
  return [own, other].filter((link) => link !== undefined);
}
