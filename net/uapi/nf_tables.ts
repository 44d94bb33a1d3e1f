/** nf_tables over netlink. Sources: linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h. @module */

/** Subsystem in the high byte of a message type. */
export const NFNL_SUBSYS = { NFTABLES: 10 } as const;

/** Messages around a transaction. */
export const NFNL_MSG = { BATCH_BEGIN: 0x10, BATCH_END: 0x11 } as const;

/** Message types of the subsystem. */
export const NFT_MSG = { NEWTABLE: 0, GETTABLE: 1, DELTABLE: 2, NEWCHAIN: 3, NEWRULE: 6, GETRULE: 7 } as const;

/** Attributes of a table. */
export const NFTA_TABLE = { NAME: 1 } as const;
/** Attributes of a chain. */
export const NFTA_CHAIN = { TABLE: 1, NAME: 3, HOOK: 4, POLICY: 5, TYPE: 7 } as const;
/** Attributes inside `NFTA_CHAIN_HOOK`. */
export const NFTA_HOOK = { HOOKNUM: 1, PRIORITY: 2 } as const;
/** Attributes of a rule. */
export const NFTA_RULE = { TABLE: 1, CHAIN: 2, EXPRESSIONS: 4 } as const;
/** A list of anything. */
export const NFTA_LIST = { ELEM: 1 } as const;
/** An expression of a rule. */
export const NFTA_EXPR = { NAME: 1, DATA: 2 } as const;
/** Attributes of `meta`: a fact about the packet. */
export const NFTA_META = { DREG: 1, KEY: 2, SREG: 3 } as const;
/** Attributes of `ct`: a fact about its connection. */
export const NFTA_CT = { DREG: 1, KEY: 2, SREG: 4 } as const;
/** Attributes of `bitwise`. */
export const NFTA_BITWISE = { SREG: 1, DREG: 2, LEN: 3, MASK: 4, XOR: 5 } as const;
/** Attributes of `cmp`. */
export const NFTA_CMP = { SREG: 1, OP: 2, DATA: 3 } as const;
/** A literal. */
export const NFTA_DATA = { VALUE: 1 } as const;

/** Facts of `meta`. */
export const NFT_META = { MARK: 3, IIFNAME: 6 } as const;
/** Facts of `ct`. */
export const NFT_CT = { STATE: 0, MARK: 3 } as const;
/** Comparisons. */
export const NFT_CMP = { EQ: 0, NEQ: 1 } as const;
/** Registers of 16 bytes. */
export const NFT_REG = { R1: 1 } as const;

/** Hooks of IPv4 and IPv6. Source: linux/netfilter.h. */
export const NF_INET = { PRE_ROUTING: 0, LOCAL_OUT: 3 } as const;
/** Verdicts. Source: linux/netfilter.h. */
export const NF = { ACCEPT: 1 } as const;
/** Where in a hook a chain stands. Source: linux/netfilter_ipv4.h. */
export const NF_IP_PRI = { MANGLE: -150 } as const;
/** Bits of `ct state`: 1 << (IP_CT_… + 1). Source: linux/netfilter/nf_conntrack_common.h. */
export const NF_CT_STATE = { NEW: 8 } as const;
