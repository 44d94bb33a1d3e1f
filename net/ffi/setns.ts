import type { FileDescriptor } from "./fd.ts";
import { libc } from "./libc.ts";
import { call } from "./syscall.ts";

/** Moves this thread into the namespace `namespace`; `kind` of `CLONE`. Like setns(2). @throws {SyscallError} */
export function setNamespace(namespace: FileDescriptor, kind: number): void {
  call({ syscall: "setns", target: namespace.what }, () => libc().setns(namespace.fd, kind));
}

/** Moves this thread into new namespaces, `flags` of `CLONE`. Like unshare(2). @throws {SyscallError} */
export function unshare(flags: number): void {
  call({ syscall: "unshare" }, () => libc().unshare(flags));
}
