import assert from "node:assert/strict";
import { needsPath, testUnless } from "../../tests/shared/skip.ts";
import * as uapi from "./mod.ts";
import * as nft from "./nf_tables.ts";

const folder = "/usr/include";

/** Groups of constants, the prefix of their names in C, and the headers that have them. */
const groups: readonly (readonly [group: object, prefix: string, header: string])[] = [
  [uapi.ERRNO, "", "asm-generic/errno-base.h asm-generic/errno.h"],
  [uapi.ETHTOOL, "ETHTOOL_", "linux/ethtool.h"],
  [uapi.SIOC, "SIOC", "linux/sockios.h"],
  [uapi.FIB_RULE, "FIB_RULE_", "linux/fib_rules.h"],
  [uapi.FR_ACT, "FR_ACT_", "linux/fib_rules.h"],
  [uapi.FRA, "FRA_", "linux/fib_rules.h"],
  [uapi.IF_OPER, "IF_OPER_", "linux/if.h"],
  [uapi.IFF, "IFF_", "linux/if.h"],
  [uapi.IFA, "IFA_", "linux/if_addr.h"],
  [uapi.IFA_F, "IFA_F_", "linux/if_addr.h"],
  [uapi.ARPHRD, "ARPHRD_", "linux/if_arp.h"],
  [uapi.ARPOP, "ARPOP_", "linux/if_arp.h"],
  [uapi.ETH_P, "ETH_P_", "linux/if_ether.h"],
  [uapi.IFLA, "IFLA_", "linux/if_link.h"],
  [uapi.IFLA_BOND, "IFLA_BOND_", "linux/if_link.h"],
  [uapi.IFLA_INFO, "IFLA_INFO_", "linux/if_link.h"],
  [uapi.IFLA_IPVLAN, "IFLA_IPVLAN_", "linux/if_link.h"],
  [uapi.IFLA_MACVLAN, "IFLA_MACVLAN_", "linux/if_link.h"],
  [uapi.IFLA_VLAN, "IFLA_VLAN_", "linux/if_link.h"],
  [uapi.IPVLAN_MODE, "IPVLAN_MODE_", "linux/if_link.h"],
  [uapi.MACVLAN_MODE, "MACVLAN_MODE_", "linux/if_link.h"],
  [uapi.PACKET, "PACKET_", "linux/if_packet.h"],
  [uapi.IPPROTO, "IPPROTO_", "linux/in6.h"],
  [uapi.MS, "MS_", "linux/mount.h"],
  [uapi.NDA, "NDA_", "linux/neighbour.h"],
  [uapi.NTF, "NTF_", "linux/neighbour.h"],
  [uapi.NUD, "NUD_", "linux/neighbour.h"],
  [uapi.NETLINK, "NETLINK_", "linux/netlink.h"],
  [uapi.NETLINK_OPTION, "NETLINK_", "linux/netlink.h"],
  [uapi.NLA_F, "NLA_F_", "linux/netlink.h"],
  [uapi.NLM_F, "NLM_F_", "linux/netlink.h"],
  [uapi.NLMSG, "NLMSG_", "linux/netlink.h"],
  [uapi.NLMSGERR_ATTR, "NLMSGERR_ATTR_", "linux/netlink.h"],
  [uapi.POLL, "POLL", "asm-generic/poll.h"],
  [uapi.RT_SCOPE, "RT_SCOPE_", "linux/rtnetlink.h"],
  [uapi.RT_TABLE, "RT_TABLE_", "linux/rtnetlink.h"],
  [uapi.RTA, "RTA_", "linux/rtnetlink.h"],
  [uapi.RTAX, "RTAX_", "linux/rtnetlink.h"],
  [uapi.RTEXT_FILTER, "RTEXT_FILTER_", "linux/rtnetlink.h"],
  [uapi.RTM, "RTM_", "linux/rtnetlink.h"],
  [uapi.RTM_F, "RTM_F_", "linux/rtnetlink.h"],
  [uapi.RTN, "RTN_", "linux/rtnetlink.h"],
  [uapi.RTNH_F, "RTNH_F_", "linux/rtnetlink.h"],
  [uapi.RTPROT, "RTPROT_", "linux/rtnetlink.h"],
  [uapi.CLONE, "CLONE_", "linux/sched.h"],
  [uapi.SO, "SO_", "asm-generic/socket.h"],
  [nft.NFNL_SUBSYS, "NFNL_SUBSYS_", "linux/netfilter/nfnetlink.h"],
  [nft.NFNL_MSG, "NFNL_MSG_", "linux/netlink.h linux/netfilter/nfnetlink.h"],
  [nft.NFT_MSG, "NFT_MSG_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_TABLE, "NFTA_TABLE_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_CHAIN, "NFTA_CHAIN_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_HOOK, "NFTA_HOOK_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_RULE, "NFTA_RULE_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_LIST, "NFTA_LIST_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_EXPR, "NFTA_EXPR_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_META, "NFTA_META_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_CT, "NFTA_CT_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_BITWISE, "NFTA_BITWISE_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_CMP, "NFTA_CMP_", "linux/netfilter/nf_tables.h"],
  [nft.NFTA_DATA, "NFTA_DATA_", "linux/netfilter/nf_tables.h"],
  [nft.NFT_META, "NFT_META_", "linux/netfilter/nf_tables.h"],
  [nft.NFT_CT, "NFT_CT_", "linux/netfilter/nf_tables.h"],
  [nft.NFT_CMP, "NFT_CMP_", "linux/netfilter/nf_tables.h"],
  [{ NFT_REG_1: nft.NFT_REG.R1 }, "", "linux/netfilter/nf_tables.h"],
  [nft.NF_INET, "NF_INET_", "linux/netfilter.h"],
  [nft.NF, "NF_", "linux/netfilter.h"],
  [nft.NF_IP_PRI, "NF_IP_PRI_", "linux/netfilter_ipv4.h"],
  [{ IP_CT_NEW: Math.log2(nft.NF_CT_STATE.NEW) - 1 }, "", "linux/netfilter/nf_conntrack_common.h"], // NF_CT_STATE_BIT
  [uapi.VETH_INFO, "VETH_INFO_", "linux/veth.h"],
  [
    { NSFS_MAGIC: uapi.NSFS_MAGIC, PROC_SUPER_MAGIC: uapi.PROC_SUPER_MAGIC },
    "",
    "linux/magic.h",
  ],
  [{ IFNAMSIZ: uapi.IFNAMSIZ, ETH_ALEN: uapi.ETH_ALEN, ETH_HLEN: uapi.ETH_HLEN }, "", "linux/if.h linux/if_ether.h"],
];

for (const [group, prefix, header] of groups) {
  testUnless(needsPath(`${folder}/linux/netlink.h`, "the kernel headers (linux-libc-dev)"), {
    name: `uapi ${prefix}* is as in ${header}`,
    fn() {
      const names = constantsOf(header.split(" ").map((file) => Deno.readTextFileSync(`${folder}/${file}`)).join("\n"));
      const want = Object.keys(group).map((name) => [name, names.get(prefix + name)]);
      assert.deepEqual(group, Object.fromEntries(want));
    },
  });
}

/** Numbers that a C header gives a name: `#define NAME number` and members of enums. */
function constantsOf(source: string): Map<string, number> {
  const constants = new Map<string, number>();
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, " ");
  const tokens = /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+([^\n]+)|enum\b[^{;]*\{([^}]*)\}/gm;
  for (const [, name, expression, members] of text.matchAll(tokens)) {
    if (members !== undefined) readEnum(members, constants);
    else if (name !== undefined && expression !== undefined) define({ name, expression }, constants);
  }
  return constants;
}

function readEnum(members: string, constants: Map<string, number>): void {
  let next = 0;
  for (const member of members.replaceAll(/^[ \t]*#.*$/gm, "").split(",")) {
    const [, name, expression] = /^\s*(\w+)\s*(?:=\s*([\s\S]+?))?\s*$/.exec(member) ?? [];
    if (name === undefined) continue;
    next = expression === undefined ? next : evaluate(expression, constants) ?? next;
    constants.set(name, next);
    next++;
  }
}

function define({ name, expression }: { name: string; expression: string }, constants: Map<string, number>): void {
  const value = evaluate(expression, constants);
  if (value !== undefined && !constants.has(name)) constants.set(name, value);
}

/** Value of a number, a name, `a << b`, `a | b` or `a + b`, with or without parentheses. */
function evaluate(expression: string, constants: ReadonlyMap<string, number>): number | undefined {
  const bare = expression.replaceAll(/[()]/g, "").trim();
  const shift = /^(\w+)\s*<<\s*(\w+)$/.exec(bare);
  if (shift !== null) return Number(shift[1]) << Number(shift[2]);
  const parts = bare.split(/[|+]/).map((part) => part.trim());
  const values = parts.map((part) => /^(0x[0-9a-f]+|-?\d+)[ul]*$/i.test(part) ? parseInt(part) : constants.get(part));
  if (values.some((value) => value === undefined)) return undefined;
  return values.reduce<number>((sum, value) => bare.includes("+") ? sum + (value ?? 0) : sum | (value ?? 0), 0);
}
