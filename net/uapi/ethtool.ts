/** Questions to a network driver by ioctl(2). Source: linux/ethtool.h, linux/sockios.h (6.1). @module */

/** Commands of `SIOCETHTOOL`. */
export const ETHTOOL = { GDRVINFO: 0x00000003 } as const;

/** Requests of ioctl(2) on a socket. */
export const SIOC = { ETHTOOL: 0x8946 } as const;
