import { type FileDescriptor, isSyscallError, openFile, readText, SyscallError, writeFile } from "../ffi/mod.ts";
import { ERRNO, O } from "../uapi/mod.ts";

const MAX_LENGTH = 64 * 1024;

/**
 * Reads a kernel setting of the netns this thread is in. Like `sysctl -n KEY`.
 *
 * @param key with slashes, such as `net/ipv4/conf/eth0.100/rp_filter` (a link name may contain dots)
 * @returns without the line end; `undefined` if this kernel does not have it, or not for this link
 * @throws {SyscallError}
 */
export function readSysctl(key: string): string | undefined {
  using file = tryOpen(key, O.RDONLY);
  return file === undefined ? undefined : readText(file, MAX_LENGTH).replace(/\n$/, "");
}

/**
 * Sets a kernel setting of the netns this thread is in. Like `sysctl -w KEY=VALUE`.
 *
 * @throws {SyscallError} ENOENT if there is none, EINVAL if the kernel does not want the value
 */
export function writeSysctl(key: string, value: string | number): void {
  if (tryWriteSysctl(key, value)) return;
  throw new SyscallError("open", { errno: ERRNO.ENOENT, target: pathOf(key) });
}

/** Like {@linkcode writeSysctl}, but `false` if there is no such setting. */
export function tryWriteSysctl(key: string, value: string | number): boolean {
  using file = tryOpen(key, O.WRONLY);
  if (file === undefined) return false;
  const bytes = new TextEncoder().encode(`${value}\n`);
  // One call: the kernel takes each write as a whole value.
  if (writeFile(file, bytes) === bytes.length) return true;
  throw new SyscallError("write", { errno: ERRNO.EINVAL, target: file.what });
}

function tryOpen(key: string, flags: number): FileDescriptor | undefined {
  try {
    return openFile(pathOf(key), flags);
  } catch (error) {
    if (isSyscallError(error, "ENOENT")) return undefined;
    throw error;
  }
}

function pathOf(key: string): string {
  const parts = key.split("/");
  if (parts.every((part) => part !== "" && part !== "." && part !== "..")) return `/proc/sys/${key}`;
  throw new RangeError(
    `Cannot use sysctl ${JSON.stringify(key)}: want parts joined by "/", such as net/ipv4/ip_forward`,
  );
}
