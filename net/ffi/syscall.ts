import { ERRNO, type ErrnoCode, errnoCode } from "../uapi/mod.ts";
import { errno } from "./libc.ts";

/** Bytes whose address can be given to the kernel. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** What a {@linkcode SyscallError} tells beside the call's name. */
export interface SyscallErrorOptions {
  /** Error number, above 0. */
  readonly errno: number;
  /** What the call was about, such as a path or an address. */
  readonly target?: string | undefined;
}

/** A system call that failed. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  readonly errno: number;
  /** Name of `errno`, such as `ENOENT`. */
  readonly code: string;
  readonly target: string | undefined;

  /** @param syscall name of the call, such as `setns` */
  constructor(readonly syscall: string, { errno, target }: SyscallErrorOptions) {
    super(`Cannot ${syscall}${target === undefined ? "" : ` ${target}`}: ${errnoCode(errno)}`);
    this.errno = errno;
    this.code = errnoCode(errno);
    this.target = target;
  }
}

/** Tells whether `error` is a {@linkcode SyscallError} with one of `codes`. */
export function isSyscallError(error: unknown, ...codes: readonly ErrnoCode[]): error is SyscallError {
  return error instanceof SyscallError && codes.some((code) => ERRNO[code] === error.errno);
}

/** Result of a call that worked, or the errno of one that did not. */
export type Outcome = number | { readonly errno: number };

/**
 * Makes one system call and reads its errno before anything else happens on this thread.
 *
 * @param invoke makes the call and returns its result, −1 for failure
 */
export function tryCallOnce(invoke: () => number | bigint): Outcome {
  const result = Number(invoke());
  return result === -1 ? { errno: errno() } : result;
}

/** Like {@linkcode tryCallOnce}, but repeats a call that a signal interrupted. */
export function tryCall(invoke: () => number | bigint): Outcome {
  for (;;) {
    const outcome = tryCallOnce(invoke);
    if (typeof outcome === "number" || outcome.errno !== ERRNO.EINTR) return outcome;
  }
}

/** Which call is made, and on what: the facts of its {@linkcode SyscallError}. */
export interface CallName {
  readonly syscall: string;
  readonly target?: string;
}

/**
 * Makes a system call, again while signals interrupt it, and gives its result.
 *
 * @throws {SyscallError}
 */
export function call({ syscall, target }: CallName, invoke: () => number | bigint): number {
  const outcome = tryCall(invoke);
  if (typeof outcome === "number") return outcome;
  throw new SyscallError(syscall, { errno: outcome.errno, target });
}

/** Encodes `text` as a C string. @throws {TypeError} if it contains NUL */
export function cString(text: string): Bytes {
  if (text.includes("\0")) throw new TypeError(`Cannot pass ${JSON.stringify(text)} to the kernel: it contains NUL`);
  return new TextEncoder().encode(`${text}\0`);
}
