import {
  type FileDescriptor,
  fileIdentity,
  fileSystemType,
  isSyscallError,
  openFile,
  setNamespace,
} from "../ffi/mod.ts";
import { CLONE, NSFS_MAGIC, O, PROC_SUPER_MAGIC } from "../uapi/mod.ts";

/** A path that is not a network namespace. */
export class NetnsError extends Error {
  override readonly name = "NetnsError";

  /** @param reason `missing`: nothing is there; `notNetns`: something else is there */
  constructor(readonly path: string, readonly reason: "missing" | "notNetns", options?: ErrorOptions) {
    const state = reason === "missing" ? "it does not exist" : "it exists but is not a network namespace";
    super(`Cannot open netns ${path}: ${state}`, options);
  }
}

/** An open network namespace; it stays alive while this is open. */
export class Netns implements Disposable {
  readonly #file: FileDescriptor;

  /** Takes over `file`. @param path where it was found, for error messages */
  constructor(file: FileDescriptor, readonly path: string) {
    this.#file = file;
  }

  /** The descriptor, for netlink requests that name a netns. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Tells whether `other` is the same namespace: same device, same inode. */
  isSame(other: Netns): boolean {
    const [mine, theirs] = [fileIdentity(this.#file), fileIdentity(other.#file)];
    return mine.inode === theirs.inode && mine.deviceMajor === theirs.deviceMajor &&
      mine.deviceMinor === theirs.deviceMinor;
  }

  /** Moves this thread here. Callers use {@linkcode withNetns}, which also goes back. @throws {NetnsError} */
  enter(): void {
    try {
      setNamespace(this.#file, CLONE.NEWNET);
    } catch (error) {
      // EINVAL: a namespace of another kind, or another file of procfs
      if (isSyscallError(error, "EINVAL")) throw new NetnsError(this.path, "notNetns", { cause: error });
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/**
 * Opens the netns at `path`, such as `/var/run/netns/pod` or `/proc/1234/ns/net`.
 *
 * @throws {NetnsError} if there is nothing, or something else
 * @throws {SyscallError} if it cannot be looked at
 */
export function openNetns(path: string): Netns {
  const file = openPath(path);
  try {
    const type = fileSystemType(file);
    if (type !== NSFS_MAGIC && type !== PROC_SUPER_MAGIC) throw new NetnsError(path, "notNetns");
    return new Netns(file, path);
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/** Opens the netns this thread is in. @throws {SyscallError} */
export function openCurrentNetns(): Netns {
  return openNetns("/proc/thread-self/ns/net");
}

/** Tells whether `path` is the netns this thread is in. @throws {NetnsError} as {@linkcode openNetns} */
export function isCurrentNetns(path: string): boolean {
  using netns = openNetns(path);
  using current = openCurrentNetns();
  return netns.isSame(current);
}

function openPath(path: string): FileDescriptor {
  try {
    return openFile(path, O.RDONLY | O.NONBLOCK); // a FIFO in its place must not block
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "ENOTDIR")) throw new NetnsError(path, "missing", { cause: error });
    // what cannot even be opened, such as a socket
    if (isSyscallError(error, "ENXIO", "ENODEV")) throw new NetnsError(path, "notNetns", { cause: error });
    throw error;
  }
}
