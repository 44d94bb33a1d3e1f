/**
 * System calls by FFI. All are synchronous: they act on the thread, and so on the netns, that the caller is on.
 *
 * @module
 */
export { FileDescriptor, openDescriptors } from "./fd.ts";
export {
  type FileIdentity,
  fileIdentity,
  fileSystemType,
  openFile,
  readFile,
  readLink,
  readText,
  writeFile,
} from "./file.ts";
export { busAddressOf } from "./ethtool.ts";
export { mount, type MountOptions, unmount } from "./mount.ts";
export { pollFor, pollLater, type PollOptions } from "./poll.ts";
export { setNamespace, unshare } from "./setns.ts";
export {
  bindSocket,
  openSocket,
  receiveFrom,
  type ReceiveOptions,
  sendTo,
  setSocketOption,
  socketAddress,
  type SocketOption,
  type SocketOptions,
} from "./socket.ts";
export { type Bytes, isSyscallError, SyscallError, type SyscallErrorOptions } from "./syscall.ts";
