import { type Address, bitsOf, type Prefix } from "../ip/mod.ts";
import { RT_SCOPE, RT_TABLE, RTM_F, RTN, RTNH_F, RTPROT } from "../uapi/mod.ts";
import { WireError } from "../wire/mod.ts";
import { addressFamilyOf, familyOf } from "./family.ts";
import { gatewayAttributes, type NextHop, nextHopOf, nextHopPayload, type NextHopSpec } from "./next_hop.ts";
import { type RouteMetrics, type RoutePayload, routePayload } from "./route_message.ts";
import { defaultPrefix, headerTable, prefixFrom } from "./route_parts.ts";

/** A route as the kernel tells it. */
export interface Route {
  /** 0.0.0.0/0 or ::/0 for a default route. */
  readonly destination: Prefix;
  /** Only packets from here (IPv6 source routing). */
  readonly source: Prefix | undefined;
  readonly gateway: Address | undefined;
  /** ifindex of the link, `undefined` for multipath and unreachable routes. */
  readonly index: number | undefined;
  readonly preferredSource: Address | undefined;
  /** Metric; lower ones win. */
  readonly priority: number | undefined;
  readonly table: number;
  /** One of `RT_SCOPE`. */
  readonly scope: number;
  /** One of `RTN`. */
  readonly type: number;
  /** One of `RTPROT`. */
  readonly protocol: number;
  /** Only packets of this type of service (IPv4); left out: any. */
  readonly tos?: number | undefined;
  /** How much a router wants to be used (IPv6, RFC 4191 §2.1): 1 high, 3 low; left out: medium. */
  readonly preference?: number | undefined;
  /** Flags of `RTNH_F` and `RTM_F`. */
  readonly flags: number;
  readonly metrics: RouteMetrics | undefined;
  /** The ways of a multipath route, else empty. */
  readonly nextHops: readonly NextHop[];
}

/** A route to set. A {@linkcode Route} is one. */
export interface RouteSpec {
  readonly destination: Prefix;
  readonly source?: Prefix | undefined;
  readonly gateway?: Address | undefined;
  readonly index?: number | undefined;
  readonly preferredSource?: Address | undefined;
  readonly priority?: number | undefined;
  /** @default {RT_TABLE.MAIN} */
  readonly table?: number | undefined;
  /** By default as ip(8): host for local, link for a unicast IPv4 route without gateway, else universe. */
  readonly scope?: number | undefined;
  /** @default {RTN.UNICAST} */
  readonly type?: number | undefined;
  /** @default {RTPROT.BOOT} */
  readonly protocol?: number | undefined;
  readonly tos?: number | undefined;
  readonly preference?: number | undefined;
  /** Only `RTNH_F.ONLINK` is sent: the others are states of the kernel. */
  readonly flags?: number | undefined;
  readonly metrics?: RouteMetrics | undefined;
  readonly nextHops?: readonly NextHopSpec[] | undefined;
}

/** Reads a route out of an RTM_NEWROUTE payload. @throws {WireError} if it is not one of IPv4 or IPv6 */
export function routeOf({ header, attributes }: RoutePayload): Route {
  const family = familyOf(header.family);
  if (family === undefined) throw new WireError({ what: "route", offset: 0 }, `address family ${header.family}`);
  return {
    destination: prefixFrom(attributes.destination, header.destinationLength) ?? defaultPrefix(family),
    source: prefixFrom(attributes.source, header.sourceLength),
    gateway: attributes.gateway ?? attributes.via,
    index: attributes.outputIndex,
    preferredSource: attributes.preferredSource,
    priority: attributes.priority,
    table: attributes.table ?? header.table,
    scope: header.scope,
    type: header.type,
    protocol: header.protocol,
    ...(header.tos === 0 ? {} : { tos: header.tos }),
    ...(attributes.preference ? { preference: attributes.preference } : {}),
    flags: header.flags,
    metrics: attributes.metrics,
    nextHops: (attributes.nextHops ?? []).map(nextHopOf),
  };
}

/** Payload that adds or replaces a route. */
export function newRoutePayload(spec: RouteSpec): RoutePayload {
  const { protocol = RTPROT.BOOT, type = RTN.UNICAST, scope = defaultScope(spec) } = spec;
  return payloadWith(spec, { protocol, type, scope });
}

/** A text that two routes share when setting one makes the other: all but what the kernel knows of its state. */
export function routeIdentity(route: Route): string {
  return routePayload.encode(newRoutePayload(route)).join();
}

/** Payload that deletes a route of a table (by default main): what else is left out is not compared. */
export function deleteRoutePayload(spec: RouteSpec): RoutePayload {
  const { protocol = RTPROT.UNSPEC, type = RTN.UNSPEC, scope = RT_SCOPE.NOWHERE } = spec;
  return payloadWith(spec, { protocol, type, scope });
}

/** What `ip route get` may be told beside the address. */
export interface RouteLookup {
  readonly source?: Address | undefined;
  readonly mark?: number | undefined;
  /** ifindex the packet must leave by. */
  readonly outputIndex?: number | undefined;
}

/** Payload that asks which route a packet to `destination` takes. */
export function lookupRoutePayload(destination: Address, lookup: RouteLookup = {}): RoutePayload {
  const length = bitsOf(destination.family);
  const header = {
    family: addressFamilyOf(destination),
    destinationLength: length,
    sourceLength: lookup.source === undefined ? 0 : length,
    flags: destination.family === 4 ? RTM_F.LOOKUP_TABLE : 0, // IPv6 tells the table anyway, and refuses the flag
  };
  return routePayload.of(header, { destination, ...lookup });
}

function payloadWith(
  spec: RouteSpec,
  fixed: { readonly protocol: number; readonly type: number; readonly scope: number },
): RoutePayload {
  const { destination, source, table = RT_TABLE.MAIN, nextHops = [] } = spec;
  const family = destination.address.family;
  const header = {
    family: addressFamilyOf(destination.address),
    destinationLength: destination.length,
    sourceLength: source?.length ?? 0,
    tos: spec.tos ?? 0,
    table: headerTable(table),
    flags: (spec.flags ?? 0) & RTNH_F.ONLINK,
    ...fixed,
  };
  return routePayload.of(header, {
    destination: destination.length === 0 ? undefined : destination.address,
    source: source?.address,
    ...gatewayAttributes(spec.gateway, family),
    outputIndex: spec.index,
    preferredSource: spec.preferredSource,
    priority: spec.priority,
    table: table < 256 ? undefined : table,
    metrics: spec.metrics,
    nextHops: nextHops.length === 0 ? undefined : nextHops.map((hop) => nextHopPayload(hop, family)),
    preference: spec.preference,
  });
}

function defaultScope({ type = RTN.UNICAST, destination, gateway, nextHops = [] }: RouteSpec): number {
  if (type === RTN.LOCAL || type === RTN.NAT) return RT_SCOPE.HOST;
  if (type === RTN.BROADCAST || type === RTN.MULTICAST || type === RTN.ANYCAST) return RT_SCOPE.LINK;
  const direct = gateway === undefined && nextHops.every((hop) => hop.gateway === undefined);
  if (type === RTN.UNICAST && direct && destination.address.family === 4) return RT_SCOPE.LINK;
  return RT_SCOPE.UNIVERSE;
}
