import type { ValueOf } from "../wire/mod.ts";
import type { bondData } from "./link_info.ts";

/** Data of kind `bond`. */
export type BondData = ValueOf<typeof bondData>;

type Named<T> = { [K in keyof BondData]-?: BondData[K] extends T | undefined ? K : never }[keyof BondData];

/** An option of a bond: the attribute that holds it, and what that takes. */
export type BondOption =
  | {
    readonly type: "number";
    readonly attribute: Exclude<Named<number>, "mode" | "primary" | "activeSlave">;
    /** Lowest and highest, both included. */
    readonly range: readonly [number, number];
    /** What the kernel's documentation calls the numbers from the lowest on. */
    readonly names?: readonly string[];
  }
  | { readonly type: "link"; readonly attribute: "primary" | "activeSlave" }
  | { readonly type: "addresses"; readonly attribute: "arpIpTarget"; readonly most: number }
  | { readonly type: "mac"; readonly attribute: "adActorSystem" };

/** Modes of a bond by number. Source: linux/if_bonding.h, `BOND_MODE_*`; the kernel's bonding documentation. */
export const bondModes: readonly string[] = [
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
];

const INT_MAX = 0x7fff_ffff;
const switched = ["off", "on"];

/** Most targets that ARP monitoring asks. Source: `BOND_MAX_ARP_TARGETS` of the kernel's net/bonding.h. */
const MAX_ARP_TARGETS = 16;

/**
 * Options of a bond by their name in ip(8) and the kernel's bonding documentation; ranges as drivers/net/bonding checks
 * them. Which mode allows which option is known to the kernel only.
 */
export const bondOptions: Readonly<Record<string, BondOption>> = {
  miimon: number("miimon"),
  updelay: number("updelay"),
  downdelay: number("downdelay"),
  use_carrier: choice("useCarrier", switched),
  arp_interval: number("arpInterval"),
  arp_ip_target: { type: "addresses", attribute: "arpIpTarget", most: MAX_ARP_TARGETS },
  arp_validate: choice("arpValidate", [
    "none",
    "active",
    "backup",
    "all",
    "filter",
    "filter_active",
    "filter_backup",
  ]),
  arp_all_targets: choice("arpAllTargets", ["any", "all"]),
  primary: { type: "link", attribute: "primary" },
  primary_reselect: choice("primaryReselect", ["always", "better", "failure"]),
  active_slave: { type: "link", attribute: "activeSlave" },
  fail_over_mac: choice("failOverMac", ["none", "active", "follow"]),
  xmit_hash_policy: choice("xmitHashPolicy", [
    "layer2",
    "layer3+4",
    "layer2+3",
    "encap2+3",
    "encap3+4",
    "vlan+srcmac",
  ]),
  resend_igmp: number("resendIgmp", [0, 255]),
  num_grat_arp: number("numPeerNotif", [0, 255]),
  all_slaves_active: choice("allSlavesActive", switched),
  min_links: number("minLinks"),
  lp_interval: number("lpInterval", [1, INT_MAX]),
  packets_per_slave: number("packetsPerSlave", [0, 0xffff]),
  lacp_rate: choice("adLacpRate", ["slow", "fast"]),
  ad_select: choice("adSelect", ["stable", "bandwidth", "count"]),
  ad_actor_sys_prio: number("adActorSysPrio", [1, 0xffff]),
  ad_actor_system: { type: "mac", attribute: "adActorSystem" },
  ad_user_port_key: number("adUserPortKey", [0, 1023]),
  tlb_dynamic_lb: choice("tlbDynamicLb", switched),
};

type NumberOption = Extract<BondOption, { type: "number" }>;

function number(attribute: NumberOption["attribute"], range: NumberOption["range"] = [0, INT_MAX]): NumberOption {
  return { type: "number", attribute, range };
}

function choice(attribute: NumberOption["attribute"], names: readonly string[]): NumberOption {
  return { type: "number", attribute, range: [0, names.length - 1], names };
}
