/** File system types as `statfs` tells them. Source: linux/magic.h. @module */

/** Namespace files opened from procfs, or bind mounts of them (Linux 3.19 and later). */
export const NSFS_MAGIC = 0x6e736673;

/** Namespace files before Linux 3.19. */
export const PROC_SUPER_MAGIC = 0x9fa0;
