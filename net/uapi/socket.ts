/**
 * Sockets. Sources: linux/socket.h (`AF`, `SOL`, `MSG`), asm-generic/socket.h (`SO`), linux/net.h (`SOCK`). The numbers
 * are those of x86-64 and arm64.
 *
 * @module
 */

/** Address families. */
export const AF = { UNSPEC: 0, UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, PACKET: 17 } as const;

/** Socket types, and flags that are or'ed to them. */
export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, NONBLOCK: 0x800, CLOEXEC: 0x80000 } as const;

/** Levels of socket options. */
export const SOL = { SOCKET: 1, IPV6: 41, ICMPV6: 58, PACKET: 263, NETLINK: 270 } as const;

/** Options at level `SOL_SOCKET`. */
export const SO = { SNDBUF: 7, RCVBUF: 8, BINDTODEVICE: 25, ATTACH_FILTER: 26, RCVBUFFORCE: 33 } as const;

/** Flags of send and receive calls. */
export const MSG = { PEEK: 0x02, TRUNC: 0x20, DONTWAIT: 0x40 } as const;
