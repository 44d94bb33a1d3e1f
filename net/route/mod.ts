/**
 * What routing netlink talks about: links, addresses, routes, neighbors and rules, as values and as bytes. Pure.
 *
 * Each object has a message table (bytes ⇄ payload), a value (`linkOf`) and payloads that change it (`newLinkPayload`).
 *
 * @module
 */
export {
  type AddressPayload,
  addressPayload,
  deleteAddressPayload,
  type LinkAddress,
  linkAddressOf,
  type LinkAddressSpec,
  newAddressPayload,
} from "./address.ts";
export { type BondData, bondModes, type BondOption, bondOptions } from "./bond.ts";
export { hasDefault, isDefault, leavesBy } from "./default_routes.ts";
export { addressFamily, familyOf } from "./family.ts";
export {
  checkLinkName,
  type Link,
  type LinkChanges,
  linkChangesPayload,
  linkOf,
  type LinkSpec,
  newLinkPayload,
} from "./link.ts";
export { type KnownKind, type LinkInfo, type MacvlanMode, macvlanModeOf } from "./link_info.ts";
export { type LinkPayload, linkPayload } from "./link_message.ts";
export {
  deleteNeighborPayload,
  type Neighbor,
  neighborOf,
  type NeighborPayload,
  neighborPayload,
  type NeighborSpec,
  newNeighborPayload,
} from "./neighbor.ts";
export { type NextHop, type NextHopSpec } from "./next_hop.ts";
export {
  deleteRoutePayload,
  lookupRoutePayload,
  newRoutePayload,
  type Route,
  routeIdentity,
  type RouteLookup,
  routeOf,
  type RouteSpec,
} from "./route.ts";
export { type RouteMetrics, type RoutePayload, routePayload } from "./route_message.ts";
export {
  deleteRulePayload,
  newRulePayload,
  type Rule,
  ruleOf,
  type RulePayload,
  rulePayload,
  type RuleSpec,
} from "./rule.ts";
