import { isSyscallError } from "../ffi/mod.ts";

/**
 * Sets each of `options` (of `NETLINK_OPTION`) by `set`. A kernel that does not know one, or has no use for it here, is an older
 * one: everything works without, with less help.
 *
 * @throws {SyscallError} what `set` throws else
 */
export function setIfKnown(options: readonly number[], set: (option: number) => void): void {
  for (const option of options) {
    try {
      set(option);
    } catch (error) {
      if (!isSyscallError(error, "ENOPROTOOPT", "EINVAL")) throw error;
    }
  }
}
