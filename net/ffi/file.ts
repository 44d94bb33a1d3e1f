import { AT, O } from "../uapi/mod.ts";
import { FileDescriptor } from "./fd.ts";
import { libc } from "./libc.ts";
import { type Bytes, call, cString } from "./syscall.ts";

/** What identifies a file: device and inode. */
export interface FileIdentity {
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  readonly inode: bigint;
}

const STATX_BASIC_STATS = 0x7ff; // linux/stat.h

/**
 * Opens an existing file; `O_CLOEXEC` is always set. Like open(2).
 *
 * @param flags of `O` in `net/uapi`
 * @throws {SyscallError}
 */
export function openFile(path: string, flags: number): FileDescriptor {
  const name = cString(path);
  const fd = call({ syscall: "open", target: path }, () => libc().open(name, flags | O.CLOEXEC));
  return new FileDescriptor(fd, path);
}

/** Reads at most `into.length` bytes; gives how many, 0 at the end. Like read(2). @throws {SyscallError} */
export function readFile(file: FileDescriptor, into: Bytes): number {
  return call({ syscall: "read", target: file.what }, () => libc().read(file.fd, into, BigInt(into.length)));
}

/** All that is left of a file as text, at most `maxBytes` of it. @throws {SyscallError} */
export function readText(file: FileDescriptor, maxBytes: number): string {
  const buffer = new Uint8Array(maxBytes);
  let length = 0;
  for (let got = -1; got !== 0 && length < maxBytes; length += got) got = readFile(file, buffer.subarray(length));
  return new TextDecoder().decode(buffer.subarray(0, length));
}

/** Writes `bytes` with one call; gives how many were taken. Like write(2). @throws {SyscallError} */
export function writeFile(file: FileDescriptor, bytes: Bytes): number {
  return call({ syscall: "write", target: file.what }, () => libc().write(file.fd, bytes, BigInt(bytes.length)));
}

/** Target of a symbolic link, as it stands there. Like readlink(2). @throws {SyscallError} `EINVAL` if it is none */
export function readLink(path: string): string {
  const name = cString(path);
  const into = new Uint8Array(4096); // PATH_MAX
  const length = call({ syscall: "readlink", target: path }, () => libc().readlink(name, into, BigInt(into.length)));
  return new TextDecoder().decode(into.subarray(0, length));
}

/** Type of the file system a descriptor is on, a number of `linux/magic.h`. Like fstatfs(2). @throws {SyscallError} */
export function fileSystemType(file: FileDescriptor): number {
  const statfs = new BigInt64Array(32); // struct statfs has 120 bytes; f_type is its first long
  call({ syscall: "fstatfs", target: file.what }, () => libc().fstatfs(file.fd, statfs));
  return Number(statfs[0]);
}

/** Device and inode of an open file. Like statx(2). @throws {SyscallError} */
export function fileIdentity(file: FileDescriptor): FileIdentity {
  const statx = new Uint8Array(256); // struct statx has the same layout everywhere
  call(
    { syscall: "statx", target: file.what },
    () => libc().statx(file.fd, cString(""), AT.EMPTY_PATH, STATX_BASIC_STATS, statx),
  );
  const words = new Uint32Array(statx.buffer);
  return {
    inode: new BigUint64Array(statx.buffer)[0x20 / 8] ?? 0n,
    deviceMajor: words[0x88 / 4] ?? 0,
    deviceMinor: words[0x8c / 4] ?? 0,
  };
}
