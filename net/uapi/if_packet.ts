/** Packet sockets, `AF_PACKET`. Source: linux/if_packet.h (6.1). @module */

/** Whom a frame was for (`sll_pkttype`), options of level `SOL_PACKET`, and kinds of membership (`mr_type`). */
export const PACKET = {
  HOST: 0,
  BROADCAST: 1,
  MULTICAST: 2,
  OTHERHOST: 3,
  OUTGOING: 4,
  ADD_MEMBERSHIP: 1,
  MR_MULTICAST: 0,
} as const;
