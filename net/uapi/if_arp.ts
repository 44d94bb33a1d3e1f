/** ARP: hardware types and operations. Source: linux/if_arp.h (6.1). @module */

/** Hardware types: `ifi_type` of a link, and the first field of an ARP packet. */
export const ARPHRD = { ETHER: 1, INFINIBAND: 32, LOOPBACK: 772, NONE: 0xfffe } as const;

/** ARP operations. */
export const ARPOP = { REQUEST: 1, REPLY: 2 } as const;
