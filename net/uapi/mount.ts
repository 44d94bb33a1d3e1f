/** Mounting. Sources: linux/mount.h (`MS`), linux/fs.h before 5.x; sys/mount.h (`MNT`). @module */

/** Flags of `mount`. */
export const MS = { BIND: 4096, REC: 16384, SHARED: 1 << 20 } as const;

/** Flags of `umount2`. */
export const MNT = { DETACH: 2 } as const;
