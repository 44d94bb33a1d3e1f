import { POLL } from "../uapi/mod.ts";
import { libc } from "./libc.ts";

/** Descriptors looked at, at most: the table of a call has 8 bytes for each. */
const MOST = 16_384;

/** The kernel refuses a table that is longer than the process may have files open. */
const LEAST = 64;

/**
 * Counts the open file descriptors of this process below {@linkcode MOST}, or below the soft limit where that is lower:
 * by one poll(2) that waits for nothing. Needs no look at `/proc`, which a program without all permissions may not have.
 *
 * @returns `undefined` if the kernel refuses
 */
export function countOpenFiles(): number | undefined {
  for (let length = MOST; length >= LEAST; length /= 2) {
    const open = tryCount(length);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** `struct pollfd`: int fd; short events; short revents. */
function tryCount(length: number): number | undefined {
  const table = new ArrayBuffer(8 * length);
  const fds = new Int32Array(table);
  const words = new Int16Array(table);
  for (let fd = 0; fd < length; fd++) fds[2 * fd] = fd;
  if (libc().poll(table, BigInt(length), 0) < 0) return undefined;
  let open = 0;
  for (let fd = 0; fd < length; fd++) if (((words[4 * fd + 3] ?? 0) & POLL.NVAL) === 0) open++;
  return open;
}
