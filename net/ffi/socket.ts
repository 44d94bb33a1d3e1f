import { ERRNO, SOCK } from "../uapi/mod.ts";
import { FileDescriptor } from "./fd.ts";
import { libc } from "./libc.ts";
import { type Bytes, call, SyscallError, tryCall } from "./syscall.ts";

/** Which socket to open. */
export interface SocketOptions {
  /** One of `AF`. */
  readonly family: number;
  /** One of `SOCK`. */
  readonly type: number;
  /** Protocol, in the byte order the family wants (big-endian for `AF_PACKET`). */
  readonly protocol: number;
  /** For error messages, such as `netlink socket`. */
  readonly what: string;
}

/** Opens a non-blocking, close-on-exec socket in the netns of this thread. Like socket(2). @throws {SyscallError} */
export function openSocket({ family, type, protocol, what }: SocketOptions): FileDescriptor {
  const flags = type | SOCK.NONBLOCK | SOCK.CLOEXEC;
  const fd = call({ syscall: "socket", target: what }, () => libc().socket(family, flags, protocol));
  return new FileDescriptor(fd, what);
}

/** Binds a socket to `address`, a `struct sockaddr_…`. Like bind(2). @throws {SyscallError} */
export function bindSocket(socket: FileDescriptor, address: Bytes): void {
  call({ syscall: "bind", target: socket.what }, () => libc().bind(socket.fd, address, address.length));
}

/** Fills `into` with the address a socket is bound to; gives its length. Like getsockname(2). @throws {SyscallError} */
export function socketAddress(socket: FileDescriptor, into: Bytes): number {
  const length = new Uint32Array([into.length]);
  call({ syscall: "getsockname", target: socket.what }, () => libc().getsockname(socket.fd, into, length));
  return length[0] ?? 0;
}

/** An option to set, with its value as bytes in host order. */
export interface SocketOption {
  /** One of `SOL`. */
  readonly level: number;
  readonly option: number;
  /** A number is sent as a C `int`. */
  readonly value: number | Bytes;
}

/** Sets a socket option. Like setsockopt(2). @throws {SyscallError} */
export function setSocketOption(socket: FileDescriptor, { level, option, value }: SocketOption): void {
  const bytes = typeof value === "number" ? new Uint8Array(new Int32Array([value]).buffer) : value;
  call(
    { syscall: "setsockopt", target: socket.what },
    () => libc().setsockopt(socket.fd, level, option, bytes, bytes.length),
  );
}

/**
 * Sends one datagram to `address`, a `struct sockaddr_…`, or to where the socket is connected. Like sendto(2).
 *
 * @throws {SyscallError} `EAGAIN` when the send buffer is full
 */
export function sendTo(socket: FileDescriptor, datagram: Bytes, address: Bytes | null = null): number {
  const length = address?.length ?? 0;
  return call(
    { syscall: "sendto", target: socket.what },
    () => libc().sendto(socket.fd, datagram, BigInt(datagram.length), 0, address, length),
  );
}

/** Where {@linkcode receiveFrom} puts what it gets. */
export interface ReceiveOptions {
  /** Flags of `MSG`. */
  readonly flags?: number;
  /** Gets the sender's `struct sockaddr_…`; must be as large as the family's. */
  readonly sender?: Bytes;
}

/**
 * Receives one datagram into `into`; gives its length, which with `MSG.TRUNC` is the real one and may be larger than
 * `into`. Like recvfrom(2).
 *
 * @returns `undefined` when nothing is there
 * @throws {SyscallError}
 */
export function receiveFrom(
  socket: FileDescriptor,
  into: Bytes,
  { flags = 0, sender }: ReceiveOptions = {},
): number | undefined {
  const room = sender === undefined ? null : new Uint32Array([sender.length]);
  const from = sender ?? null;
  const buffer = into.length === 0 ? null : into;
  const result = tryCall(() => libc().recvfrom(socket.fd, buffer, BigInt(into.length), flags, from, room));
  if (typeof result === "number") return result;
  if (result.errno === ERRNO.EAGAIN) return undefined;
  throw new SyscallError("recvfrom", { errno: result.errno, target: socket.what });
}
