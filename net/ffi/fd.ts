import { SyscallError } from "./syscall.ts";
import { errno, libc } from "./libc.ts";

const open = new Set<FileDescriptor>();

/**
 * A file descriptor that knows what it is for and closes once. Use it with `using`.
 *
 * It holds the stack of its creation, so a test can say where a leaked one was opened: {@linkcode openDescriptors}.
 */
export class FileDescriptor implements Disposable {
  readonly #fd: number;
  /** Where it was opened. */
  readonly opened: Error;

  /**
   * Takes over `fd`.
   *
   * @param what for people, such as `netlink socket` or a path
   */
  constructor(fd: number, readonly what: string) {
    this.#fd = fd;
    this.opened = new Error(`${what} (descriptor ${fd}) was opened here`);
    open.add(this);
  }

  /** Tells whether it was closed. */
  get closed(): boolean {
    return !open.has(this);
  }

  /**
   * The number to pass to a system call.
   *
   * @throws {TypeError} after it was closed: the number may mean another file by then
   */
  get fd(): number {
    if (this.closed) throw new TypeError(`Cannot use ${this.what}: it was closed`);
    return this.#fd;
  }

  /**
   * Closes it on another thread, for what the kernel takes its time to close: packet sockets wait for every processor.
   * It cannot be used any more from the call on. What the kernel reports is lost; the number is free all the same.
   */
  async closeLater(): Promise<void> {
    if (open.delete(this)) await libc().close_on_other_thread(this.#fd);
  }

  /**
   * Closes it; the second time nothing happens.
   *
   * @throws {SyscallError} if the kernel reports an error; the number is free all the same
   */
  [Symbol.dispose](): void {
    if (!open.delete(this)) return;
    if (libc().close(this.#fd) === -1) throw new SyscallError("close", { errno: errno(), target: this.what });
  }
}

/** The descriptors of this isolate that are open, in the order of opening. For tests that must not leak. */
export function openDescriptors(): readonly FileDescriptor[] {
  return [...open];
}
