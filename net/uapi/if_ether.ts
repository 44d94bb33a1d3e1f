/** Ethernet protocol numbers and sizes. Source: linux/if_ether.h (6.1). @module */

/** Protocols in an Ethernet header, big-endian on the wire and in `sockaddr_ll`. */
export const ETH_P = { ALL: 0x0003, IP: 0x0800, ARP: 0x0806, "8021Q": 0x8100, IPV6: 0x86dd, "8021AD": 0x88a8 } as const;

/** Bytes of an Ethernet address. */
export const ETH_ALEN = 6;

/** Bytes of an Ethernet header. */
export const ETH_HLEN = 14;
