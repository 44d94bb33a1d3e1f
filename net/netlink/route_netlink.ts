import { type AddressOperations, addressOperations } from "./addresses.ts";
import { type BondOperations, bondOperations } from "./bonds.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { type LinkOperations, linkOperations } from "./links.ts";
import { type NeighborOperations, neighborOperations } from "./neighbors.ts";
import { type NewLinkOperations, newLinkOperations } from "./new_links.ts";
import { type RouteOperations, routeOperations } from "./routes.ts";
import { type RuleOperations, ruleOperations } from "./rules.ts";
import { NetlinkSocket, type NetlinkSocketOptions } from "./socket.ts";
import type { Transport } from "./transport.ts";

/** Everything routing netlink does, in one netns. Declare the part you use: all of them are interfaces. */
export type RouteNetlink =
  & LinkOperations
  & NewLinkOperations
  & BondOperations
  & AddressOperations
  & RouteOperations
  & NeighborOperations
  & RuleOperations
  & Disposable;

/**
 * Opens routing netlink in the netns this thread is in now; it stays there.
 *
 * @throws {SyscallError}
 * @example
 * ```ts
 * using pod = withNetns("/var/run/netns/pod", () => openRouteNetlink());
 * pod.setLinkUp(pod.linkByName("eth0").index);
 * ```
 */
export function openRouteNetlink(options: NetlinkSocketOptions & ConnectionOptions = {}): RouteNetlink {
  return routeNetlinkOver(new NetlinkSocket(options), options);
}

/** Routing netlink over any transport; closing it closes the transport. */
export function routeNetlinkOver(transport: Transport, options: ConnectionOptions = {}): RouteNetlink {
  const connection = new Connection(transport, options);
  return {
    ...linkOperations(connection),
    ...newLinkOperations(connection),
    ...bondOperations(connection),
    ...addressOperations(connection),
    ...routeOperations(connection),
    ...neighborOperations(connection),
    ...ruleOperations(connection),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}
