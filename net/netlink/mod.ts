/**
 * Routing netlink, synchronous: what ip(8) does, without starting it.
 *
 * @example
 * ```ts
 * using nl = openRouteNetlink();
 * for (const link of nl.links()) nl.addresses({ index: link.index });
 * ```
 *
 * @module
 */
export { type AddressFilter, type AddressOperations } from "./addresses.ts";
export { type BondOperations, type BondSpec } from "./bonds.ts";
export { Connection, type ConnectionOptions, type Request } from "./connection.ts";
export {
  DumpInterruptedError,
  isNetlinkError,
  NetlinkError,
  type Operation,
  type Refusal,
  unlessNetlinkError,
} from "./error.ts";
export { type LinkOperations, type NetnsRef } from "./links.ts";
export { type NeighborFilter, type NeighborOperations } from "./neighbors.ts";
export {
  type MacvlanSpec,
  type NewLinkOperations,
  type NewLinkOptions,
  type VethSpec,
  type VlanSpec,
} from "./new_links.ts";
export { openRouteNetlink, type RouteNetlink, routeNetlinkOver } from "./route_netlink.ts";
export { type RouteFilter, type RouteOperations } from "./routes.ts";
export { type RuleOperations } from "./rules.ts";
export { NetlinkSocket, type NetlinkSocketOptions } from "./socket.ts";
export { type Transport } from "./transport.ts";
