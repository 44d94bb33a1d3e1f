import type { Bytes } from "../wire/mod.ts";

/** What moves netlink datagrams: a socket, or a fake in tests. */
export interface Transport extends Disposable {
  /** Netlink port of this end. */
  readonly port: number;
  /** Sends one datagram to the kernel. */
  send(datagram: Bytes): void;
  /** The next datagram of the kernel, whole. @throws if none arrives in time */
  receive(): Bytes;
}
