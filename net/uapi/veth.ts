/** Attributes of kind `veth`. Source: linux/veth.h (6.1). @module */

/** Attributes inside `IFLA_INFO_DATA`; the peer is `struct ifinfomsg` and link attributes. */
export const VETH_INFO = { PEER: 1 } as const;
