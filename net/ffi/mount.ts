import { libc } from "./libc.ts";
import { call, cString } from "./syscall.ts";

/** Arguments of {@linkcode mount}. */
export interface MountOptions {
  readonly source: string;
  readonly target: string;
  /** Flags of `MS` in `net/uapi`. */
  readonly flags: number;
}

/** Mounts without a file system type or data: bind mounts and propagation. Like mount(2). @throws {SyscallError} */
export function mount({ source, target, flags }: MountOptions): void {
  const [from, to, type] = [cString(source), cString(target), cString("none")];
  call({ syscall: "mount", target }, () => libc().mount(from, to, type, BigInt(flags), null));
}

/** Unmounts `target`. Like umount2(2). @throws {SyscallError} */
export function unmount(target: string, flags: number): void {
  const path = cString(target);
  call({ syscall: "umount2", target }, () => libc().umount2(path, flags));
}
