import {
  bindSocket,
  type FileDescriptor,
  openSocket,
  pollFor,
  receiveFrom,
  sendTo,
  setSocketOption,
  socketAddress,
  SyscallError,
} from "../ffi/mod.ts";
import { AF, ERRNO, MSG, NETLINK, NETLINK_OPTION, POLL, SO, SOCK, SOL } from "../uapi/mod.ts";
import { type Bytes, structTable, u16, u32 } from "../wire/mod.ts";
import { setIfKnown } from "./socket_options.ts";
import type { Transport } from "./transport.ts";

/** `struct sockaddr_nl`; port 0 is the kernel. Source: linux/netlink.h. */
const socketAddressNetlink = structTable("sockaddr_nl", { family: u16, padding: u16, port: u32, groups: u32 });

/** How to open a netlink socket. */
export interface NetlinkSocketOptions {
  /**
   * Longest wait for a datagram of the kernel, in milliseconds.
   *
   * @default {60000}
   */
  readonly timeoutMs?: number;
  /** One of `NETLINK`. @default {NETLINK.ROUTE} */
  readonly protocol?: number;
  /**
   * Whether the kernel is asked to check requests for lists strictly, and with that to send only what they ask for: it does
   * so since Linux 4.20.
   *
   * @default {true}
   */
  readonly strict?: boolean;
}

/**
 * A netlink socket, for routing unless said otherwise, in the netns this thread is in now. It may be used from any netns afterwards.
 *
 * All calls are synchronous. The kernel handles a request inside the send call, so replies are there when it returns.
 */
export class NetlinkSocket implements Transport {
  readonly port: number;
  readonly #socket: FileDescriptor;
  readonly #timeoutMs: number;

  /** @throws {SyscallError} */
  constructor({ timeoutMs = 60_000, protocol = NETLINK.ROUTE, strict = true }: NetlinkSocketOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#socket = openSocket({
      family: AF.NETLINK,
      type: SOCK.RAW,
      protocol,
      what: "netlink socket",
    });
    try {
      this.port = setUp(this.#socket, { strict });
    } catch (error) {
      this.#socket[Symbol.dispose]();
      throw error;
    }
  }

  send(datagram: Bytes): void {
    sendTo(this.#socket, datagram, kernelAddress());
  }

  receive(): Bytes {
    const deadline = performance.now() + this.#timeoutMs;
    for (;;) {
      const datagram = this.#tryReceive();
      if (datagram !== undefined) return datagram;
      const leftMs = Math.ceil(deadline - performance.now());
      if (leftMs <= 0) throw new SyscallError("recvfrom", { errno: ERRNO.ETIMEDOUT, target: this.#socket.what });
      pollFor(this.#socket, { events: POLL.IN, timeoutMs: leftMs });
    }
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** The next datagram, `undefined` if none waits or it is not of the kernel. */
  #tryReceive(): Bytes | undefined {
    // Asking for the length first: a datagram that does not fit the buffer would lose its end.
    const length = receiveFrom(this.#socket, new Uint8Array(0), { flags: MSG.PEEK | MSG.TRUNC });
    if (length === undefined) return undefined;
    const buffer = new Uint8Array(length);
    const sender = new Uint8Array(socketAddressNetlink.size);
    const received = receiveFrom(this.#socket, buffer, { flags: MSG.TRUNC, sender });
    if (received === undefined) return undefined;
    if (received > length) throw new SyscallError("recvfrom", { errno: ERRNO.EMSGSIZE, target: this.#socket.what });
    const { port } = socketAddressNetlink.decode(sender, { what: "sender", offset: 0 });
    return port === 0 ? buffer.subarray(0, received) : undefined;
  }
}

/** Asks for extended acknowledgements (Linux 4.12), short ones (4.3) and strict checks (4.20), binds; gives the port. */
function setUp(socket: FileDescriptor, { strict }: { strict: boolean }): number {
  setSocketOption(socket, { level: SOL.SOCKET, option: SO.RCVBUF, value: 1 << 20 });
  const { EXT_ACK, CAP_ACK, GET_STRICT_CHK } = NETLINK_OPTION;
  setIfKnown([EXT_ACK, CAP_ACK, ...(strict ? [GET_STRICT_CHK] : [])], (option) => {
    setSocketOption(socket, { level: SOL.NETLINK, option, value: 1 });
  });
  bindSocket(socket, kernelAddress()); // port 0: the kernel chooses
  const own = new Uint8Array(socketAddressNetlink.size);
  socketAddress(socket, own);
  return socketAddressNetlink.decode(own, { what: "own address", offset: 0 }).port;
}

function kernelAddress(): Bytes {
  return socketAddressNetlink.encode({ family: AF.NETLINK, padding: 0, port: 0, groups: 0 });
}
