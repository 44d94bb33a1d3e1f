import type { Address } from "../../net/ip/mod.ts";
import type { Link, Neighbor, Route } from "../../net/route/mod.ts";
import type { Step } from "../../net/steps/mod.ts";
import { IF_OPER, NUD, RT_TABLE } from "../../net/uapi/mod.ts";
import { bitsOf } from "../../net/ip/mod.ts";
import { includesAddress } from "./addresses.ts";
import { hostVethName } from "./names.ts";
import { isPair, isPairEnd } from "./pair.ts";

/** What is known of an attachment that ends. */
export interface Leaving {
  readonly containerId: string;
  /** What the link had. */
  readonly addresses: readonly Address[];
  /** The Pod's first link; `undefined` when there is no Pod to look at. */
  readonly firstLink: Link | undefined;
  readonly host: {
    readonly links: readonly Link[];
    /** Of all tables; those by other links than {@linkcode waysLinks} do not matter, and may be left out. */
    readonly routes: readonly Route[];
    /** Likewise. */
    readonly neighbors: readonly Neighbor[];
  };
}

/**
 * Plans what is taken from the node: the pair and, where the Pod uses the main CNI's, routes and neighbors of the link's addresses.
 * By now an address may be another Pod's, whose ways stay: only those by this Pod's pair count, or, when the Pod is gone, by a
 * link whose other end is gone too.
 */
export function planRemoval({ containerId, addresses, firstLink, host }: Leaving): Step[] {
  const veth = hostVethName(containerId);
  const own = host.links.filter((link) => link.name === veth);
  const removals = own.map(({ name }): Step => ({ do: "deleteLink", place: "host", link: name }));
  const others = waysLinks({ containerId, addresses, firstLink, links: host.links });
  return [...removals, ...others.flatMap((link) => waysBy(link, { addresses, host }))];
}

/** Those of `links` by which ways of the addresses are taken from the node; the pair itself goes with all that is by it. */
export function waysLinks(
  { containerId, addresses, firstLink, links }: Omit<Leaving, "host"> & { readonly links: readonly Link[] },
): Link[] {
  if (addresses.length === 0) return [];
  const veth = hostVethName(containerId);
  return links.filter((link) => link.name !== veth && isOurs(link, firstLink));
}

function isOurs(link: Link, firstLink: Link | undefined): boolean {
  if (firstLink !== undefined) return isPair(firstLink, link);
  if (!isPairEnd(link)) return false; // such as kube-ipvs0, which is down and has every service address
  return !link.up || link.operState === IF_OPER.DOWN || link.operState === IF_OPER.LOWERLAYERDOWN;
}

function waysBy({ index, name }: Link, { addresses, host }: Pick<Leaving, "addresses" | "host">): Step[] {
  const routes = host.routes.filter((route) =>
    route.index === index && route.table !== RT_TABLE.MAIN && route.table !== RT_TABLE.LOCAL &&
    route.destination.length === bitsOf(route.destination.address.family) &&
    includesAddress(addresses, route.destination.address)
  );
  const neighbors = host.neighbors.filter((neighbor) =>
    neighbor.index === index && neighbor.state === NUD.PERMANENT && includesAddress(addresses, neighbor.destination)
  );
  return [
    ...routes.map(({ destination, table }): Step => {
      return { do: "deleteRoute", place: "host", route: { destination, link: name, table } };
    }),
    ...neighbors.map(({ destination }): Step => ({ do: "deleteNeighbor", place: "host", link: name, destination })),
  ];
}
