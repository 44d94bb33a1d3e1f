/** Netlink message framing, flags and socket options. Source: linux/netlink.h (6.1). @module */

/** Netlink families, the third argument of `socket(AF_NETLINK, …)`. */
export const NETLINK = { ROUTE: 0, NETFILTER: 12, GENERIC: 16 } as const;

/** Message types below `NLMSG_MIN_TYPE`: control messages, not of one family. */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4, MIN_TYPE: 0x10 } as const;

/** Header flags. The values from 0x100 on mean different things by the kind of message. */
export const NLM_F = {
  REQUEST: 0x01,
  MULTI: 0x02,
  ACK: 0x04,
  ECHO: 0x08,
  DUMP_INTR: 0x10,
  DUMP_FILTERED: 0x20,
  /** Requests that read. */
  ROOT: 0x100,
  MATCH: 0x200,
  DUMP: 0x300,
  /** Requests that make something. */
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  APPEND: 0x800,
  /** Acknowledgements. */
  CAPPED: 0x100,
  ACK_TLVS: 0x200,
} as const;

/** Attributes after `struct nlmsgerr` (extended acknowledgement). */
export const NLMSGERR_ATTR = { MSG: 1, OFFS: 2, COOKIE: 3, POLICY: 4, MISS_TYPE: 5, MISS_NEST: 6 } as const;

/** Bits in the type of an attribute; the rest ({@linkcode NLA_TYPE_MASK}) is its number. */
export const NLA_F = { NESTED: 0x8000, NET_BYTEORDER: 0x4000 } as const;

/** Bits of the type field that are the attribute's number. */
export const NLA_TYPE_MASK = 0x3fff;

/** Options at level `SOL_NETLINK`, by the part after `NETLINK_`. */
export const NETLINK_OPTION = { CAP_ACK: 10, EXT_ACK: 11, GET_STRICT_CHK: 12 } as const;

/** Bytes of `struct nlmsghdr`. */
export const NLMSG_HDRLEN = 16;

/** Bytes of `struct nlattr`. */
export const NLA_HDRLEN = 4;

/** Messages and attributes start at multiples of this many bytes. */
export const NLMSG_ALIGNTO = 4;
