/** Waiting for descriptors. Source: asm-generic/poll.h. @module */

/** Events of `struct pollfd`. */
export const POLL = { IN: 0x01, PRI: 0x02, OUT: 0x04, ERR: 0x08, HUP: 0x10, NVAL: 0x20 } as const;
