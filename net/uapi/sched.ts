/** Namespaces. Source: linux/sched.h. @module */

/** Kinds of namespace, for `setns` and `unshare`. */
export const CLONE = { NEWNET: 0x40000000 } as const;
