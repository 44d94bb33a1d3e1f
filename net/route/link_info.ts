import {
  IFLA_BOND,
  IFLA_INFO,
  IFLA_IPVLAN,
  IFLA_MACVLAN,
  IFLA_VLAN,
  IFNAMSIZ,
  MACVLAN_MODE,
  VETH_INFO,
} from "../uapi/mod.ts";
import {
  attributeList,
  type AttributesOf,
  attributeTable,
  type Codec,
  cString,
  ipBytes,
  lazy,
  rawBytes,
  u16,
  u16be,
  u32,
  u8,
  type ValueOf,
} from "../wire/mod.ts";
import { type LinkPayload, linkPayload } from "./link_message.ts";

// The type is spelled out because a peer is a link, which has link info, which may have a peer.
const peer: Codec<LinkPayload> = lazy(() => linkPayload);

/** Data of kind `veth`: the other end, a link of its own. Source: linux/veth.h. */
export const vethData = attributeTable("veth attribute", { peer: [VETH_INFO.PEER, peer] });

/** Data of kinds `macvlan` and `macvtap`. Source: linux/if_link.h. */
export const macvlanData = attributeTable("macvlan attribute", {
  mode: [IFLA_MACVLAN.MODE, u32],
  flags: [IFLA_MACVLAN.FLAGS, u16],
  macAddressCount: [IFLA_MACVLAN.MACADDR_COUNT, u32],
  broadcastQueueLength: [IFLA_MACVLAN.BC_QUEUE_LEN, u32],
  broadcastQueueLengthUsed: [IFLA_MACVLAN.BC_QUEUE_LEN_USED, u32],
});

/** Data of kind `ipvlan`. Source: linux/if_link.h. */
export const ipvlanData = attributeTable("ipvlan attribute", {
  mode: [IFLA_IPVLAN.MODE, u16],
  flags: [IFLA_IPVLAN.FLAGS, u16],
});

/** Data of kind `vlan`; `protocol` is one of `ETH_P`, big-endian on the wire. Source: linux/if_link.h. */
export const vlanData = attributeTable("vlan attribute", {
  id: [IFLA_VLAN.ID, u16],
  protocol: [IFLA_VLAN.PROTOCOL, u16be],
  flags: [IFLA_VLAN.FLAGS, rawBytes],
});

/** Data of kind `bond`; names as in the kernel's bonding documentation. Source: linux/if_link.h. */
export const bondData = attributeTable("bond attribute", {
  mode: [IFLA_BOND.MODE, u8],
  activeSlave: [IFLA_BOND.ACTIVE_SLAVE, u32],
  miimon: [IFLA_BOND.MIIMON, u32],
  updelay: [IFLA_BOND.UPDELAY, u32],
  downdelay: [IFLA_BOND.DOWNDELAY, u32],
  useCarrier: [IFLA_BOND.USE_CARRIER, u8],
  arpInterval: [IFLA_BOND.ARP_INTERVAL, u32],
  arpIpTarget: [IFLA_BOND.ARP_IP_TARGET, attributeList(ipBytes)],
  arpValidate: [IFLA_BOND.ARP_VALIDATE, u32],
  arpAllTargets: [IFLA_BOND.ARP_ALL_TARGETS, u32],
  primary: [IFLA_BOND.PRIMARY, u32],
  primaryReselect: [IFLA_BOND.PRIMARY_RESELECT, u8],
  failOverMac: [IFLA_BOND.FAIL_OVER_MAC, u8],
  xmitHashPolicy: [IFLA_BOND.XMIT_HASH_POLICY, u8],
  resendIgmp: [IFLA_BOND.RESEND_IGMP, u32],
  numPeerNotif: [IFLA_BOND.NUM_PEER_NOTIF, u8],
  allSlavesActive: [IFLA_BOND.ALL_SLAVES_ACTIVE, u8],
  minLinks: [IFLA_BOND.MIN_LINKS, u32],
  lpInterval: [IFLA_BOND.LP_INTERVAL, u32],
  packetsPerSlave: [IFLA_BOND.PACKETS_PER_SLAVE, u32],
  adLacpRate: [IFLA_BOND.AD_LACP_RATE, u8],
  adSelect: [IFLA_BOND.AD_SELECT, u8],
  adActorSysPrio: [IFLA_BOND.AD_ACTOR_SYS_PRIO, u16],
  adUserPortKey: [IFLA_BOND.AD_USER_PORT_KEY, u16],
  adActorSystem: [IFLA_BOND.AD_ACTOR_SYSTEM, rawBytes],
  tlbDynamicLb: [IFLA_BOND.TLB_DYNAMIC_LB, u8],
});

/** Kinds whose data this project reads and writes. */
const kinds = {
  veth: vethData,
  macvlan: macvlanData,
  macvtap: macvlanData,
  ipvlan: ipvlanData,
  vlan: vlanData,
  bond: bondData,
} as const;

/** A kind whose data is known. */
export type KnownKind = keyof typeof kinds;

const rawInfo = attributeTable("link info attribute", {
  kind: [IFLA_INFO.KIND, cString(IFNAMSIZ * 4)],
  data: [IFLA_INFO.DATA, rawBytes],
  xstats: [IFLA_INFO.XSTATS, rawBytes],
  slaveKind: [IFLA_INFO.SLAVE_KIND, cString(IFNAMSIZ * 4)],
  slaveData: [IFLA_INFO.SLAVE_DATA, rawBytes],
});

/**
 * What kind of link it is. Data of a known kind is decoded under the name of the kind (`info.macvlan?.mode`), that of
 * any other kind stays bytes in `data`.
 */
export type LinkInfo =
  & AttributesOf<typeof rawInfo>
  & { readonly [K in KnownKind]?: ValueOf<(typeof kinds)[K]> | undefined };

/** Codec of `IFLA_LINKINFO`. */
export const linkInfo: Codec<LinkInfo> = {
  encode: (info) => rawInfo.encode(Object.fromEntries(Object.entries(info).map(encodeData))),
  decode(bytes, place) {
    const raw = rawInfo.decode(bytes, place);
    const kind = raw.kind;
    if (kind === undefined || !isKnownKind(kind) || raw.data === undefined) return raw;
    const data = kinds[kind].decode(raw.data, { what: `${kind} data`, offset: 0 });
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => key === "data" ? [kind, data] : [key, value]));
  },
};

function isKnownKind(kind: string): kind is KnownKind {
  return Object.hasOwn(kinds, kind);
}

function encodeData([key, value]: [string, unknown]): [string, unknown] {
  if (!isKnownKind(key) || value === undefined) return [key, value];
  const codec: Codec<unknown> = kinds[key];
  return ["data", codec.encode(value)];
}

const macvlanModes = {
  private: MACVLAN_MODE.PRIVATE,
  vepa: MACVLAN_MODE.VEPA,
  bridge: MACVLAN_MODE.BRIDGE,
  passthru: MACVLAN_MODE.PASSTHRU,
} as const;

/** How the ends of a macvlan see each other, as ip(8) and CNI configurations name it. */
export type MacvlanMode = keyof typeof macvlanModes;

/** The number of a macvlan mode, one of `MACVLAN_MODE`. */
export function macvlanModeOf(mode: MacvlanMode): number {
  return macvlanModes[mode];
}
