import { RTA, RTAX } from "../uapi/mod.ts";
import {
  type AttributesOf,
  attributeTable,
  cString,
  ipBytes,
  payloadTable,
  rawBytes,
  type StructOf,
  structTable,
  u32,
  u8,
} from "../wire/mod.ts";
import { nextHops } from "./next_hop.ts";
import { via } from "./route_parts.ts";

/** `struct rtmsg`. Source: linux/rtnetlink.h. */
export const routeHeader = structTable("rtmsg", {
  family: u8,
  destinationLength: u8,
  sourceLength: u8,
  tos: u8,
  table: u8,
  protocol: u8,
  scope: u8,
  type: u8,
  flags: u32,
});

/** Attributes inside `RTA_METRICS`; `lock` has bit n set where metric n is locked. Source: linux/rtnetlink.h. */
export const metricAttributes = attributeTable("route metric", {
  lock: [RTAX.LOCK, u32],
  mtu: [RTAX.MTU, u32],
  window: [RTAX.WINDOW, u32],
  rtt: [RTAX.RTT, u32],
  rttVariance: [RTAX.RTTVAR, u32],
  slowStartThreshold: [RTAX.SSTHRESH, u32],
  congestionWindow: [RTAX.CWND, u32],
  advertisedMss: [RTAX.ADVMSS, u32],
  reordering: [RTAX.REORDERING, u32],
  hopLimit: [RTAX.HOPLIMIT, u32],
  initialCongestionWindow: [RTAX.INITCWND, u32],
  features: [RTAX.FEATURES, u32],
  minimumRto: [RTAX.RTO_MIN, u32],
  initialReceiveWindow: [RTAX.INITRWND, u32],
  quickAck: [RTAX.QUICKACK, u32],
  congestionControl: [RTAX.CC_ALGO, cString(16)],
});

/** Metrics of a route; `mtu` in bytes. */
export type RouteMetrics = AttributesOf<typeof metricAttributes>;

/** Attributes after `struct rtmsg`. Source: linux/rtnetlink.h. */
export const routeAttributes = attributeTable("route attribute", {
  destination: [RTA.DST, ipBytes],
  source: [RTA.SRC, ipBytes],
  inputIndex: [RTA.IIF, u32],
  outputIndex: [RTA.OIF, u32],
  gateway: [RTA.GATEWAY, ipBytes],
  via: [RTA.VIA, via],
  priority: [RTA.PRIORITY, u32],
  preferredSource: [RTA.PREFSRC, ipBytes],
  metrics: [RTA.METRICS, metricAttributes],
  nextHops: [RTA.MULTIPATH, nextHops],
  table: [RTA.TABLE, u32],
  mark: [RTA.MARK, u32],
  cacheInfo: [RTA.CACHEINFO, rawBytes],
  preference: [RTA.PREF, u8],
  expiresS: [RTA.EXPIRES, u32],
  nextHopId: [RTA.NH_ID, u32],
});

/** Decoded payload of a route message. */
export interface RoutePayload {
  readonly header: StructOf<typeof routeHeader>;
  readonly attributes: AttributesOf<typeof routeAttributes>;
}

/** Payload of RTM_NEWROUTE, RTM_DELROUTE and RTM_GETROUTE. */
export const routePayload = payloadTable(routeHeader, routeAttributes);
