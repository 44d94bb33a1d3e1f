/** Numbers of the kernel's user API, one file per header, names as there. @module */
export { ERRNO, type ErrnoCode, errnoCode } from "./errno.ts";
export { ETHTOOL, SIOC } from "./ethtool.ts";
export { AT, O } from "./fcntl.ts";
export { FIB_RULE, FR_ACT, FRA } from "./fib_rules.ts";
export { IF_OPER, IFF, IFNAMSIZ } from "./if.ts";
export { IFA, IFA_F } from "./if_addr.ts";
export { ARPHRD, ARPOP } from "./if_arp.ts";
export { ETH_ALEN, ETH_HLEN, ETH_P } from "./if_ether.ts";
export {
  IFLA,
  IFLA_BOND,
  IFLA_INFO,
  IFLA_IPVLAN,
  IFLA_MACVLAN,
  IFLA_VLAN,
  IPVLAN_MODE,
  MACVLAN_MODE,
} from "./if_link.ts";
export { PACKET } from "./if_packet.ts";
export { IPPROTO } from "./in6.ts";
export { NSFS_MAGIC, PROC_SUPER_MAGIC } from "./magic.ts";
export { MNT, MS } from "./mount.ts";
export { NDA, NTF, NUD } from "./neighbour.ts";
export {
  NETLINK,
  NETLINK_OPTION,
  NLA_F,
  NLA_HDRLEN,
  NLA_TYPE_MASK,
  NLM_F,
  NLMSG,
  NLMSG_ALIGNTO,
  NLMSG_HDRLEN,
  NLMSGERR_ATTR,
} from "./netlink.ts";
export { POLL } from "./poll.ts";
export { RT_SCOPE, RT_TABLE, RTA, RTAX, RTEXT_FILTER, RTM, RTM_F, RTN, RTNH_F, RTPROT } from "./rtnetlink.ts";
export { CLONE } from "./sched.ts";
export { AF, MSG, SO, SOCK, SOL } from "./socket.ts";
export { VETH_INFO } from "./veth.ts";
