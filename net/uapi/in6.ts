/** Protocols after an IPv6 header. Source: linux/in6.h (6.1). @module */

/** Values of Next Header. */
export const IPPROTO = { ICMPV6: 58 } as const;
