import { IFLA, IFNAMSIZ } from "../uapi/mod.ts";
import {
  type AttributesOf,
  attributeTable,
  cString,
  i32,
  lazy,
  payloadTable,
  rawBytes,
  type StructOf,
  structTable,
  u16,
  u32,
  u8,
} from "../wire/mod.ts";
import { linkInfo } from "./link_info.ts";

/** `struct ifinfomsg`. Source: linux/rtnetlink.h. */
export const linkHeader = structTable("ifinfomsg", { family: u8, type: u16, index: i32, flags: u32, change: u32 });

/** Attributes after `struct ifinfomsg`. Source: linux/if_link.h. */
export const linkAttributes = attributeTable("link attribute", {
  name: [IFLA.IFNAME, cString(IFNAMSIZ)],
  address: [IFLA.ADDRESS, rawBytes],
  broadcast: [IFLA.BROADCAST, rawBytes],
  mtu: [IFLA.MTU, u32],
  parentIndex: [IFLA.LINK, u32],
  parentNetnsId: [IFLA.LINK_NETNSID, i32],
  qdisc: [IFLA.QDISC, cString(64)],
  masterIndex: [IFLA.MASTER, u32],
  txQueueLength: [IFLA.TXQLEN, u32],
  operState: [IFLA.OPERSTATE, u8],
  linkMode: [IFLA.LINKMODE, u8],
  info: [IFLA.LINKINFO, lazy(() => linkInfo)],
  netnsFd: [IFLA.NET_NS_FD, u32],
  netnsPid: [IFLA.NET_NS_PID, u32],
  alias: [IFLA.IFALIAS, cString(256)],
  group: [IFLA.GROUP, u32],
  extMask: [IFLA.EXT_MASK, u32],
  promiscuity: [IFLA.PROMISCUITY, u32],
  txQueues: [IFLA.NUM_TX_QUEUES, u32],
  rxQueues: [IFLA.NUM_RX_QUEUES, u32],
  carrier: [IFLA.CARRIER, u8],
  carrierChanges: [IFLA.CARRIER_CHANGES, u32],
  minMtu: [IFLA.MIN_MTU, u32],
  maxMtu: [IFLA.MAX_MTU, u32],
});

/** Payload of RTM_NEWLINK, RTM_SETLINK, RTM_GETLINK and RTM_DELLINK. */
export const linkPayload = payloadTable(linkHeader, linkAttributes);

/** Decoded payload of a link message. */
export interface LinkPayload {
  readonly header: StructOf<typeof linkHeader>;
  readonly attributes: AttributesOf<typeof linkAttributes>;
}
