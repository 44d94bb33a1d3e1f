import { NetlinkSocket, type NetlinkSocketOptions, type Transport } from "../../net/netlink/mod.ts";
import { type Bytes, decodeMessages, type Message } from "../../net/wire/mod.ts";

/** A transport to the kernel of the network namespace it is made in, that keeps the messages it receives. */
export class NetlinkRecorder implements Transport {
  readonly messages: Message[] = [];
  readonly #inner: NetlinkSocket;

  constructor(options: NetlinkSocketOptions = {}) {
    this.#inner = new NetlinkSocket(options);
  }

  get port(): number {
    return this.#inner.port;
  }

  send(datagram: Bytes): void {
    this.#inner.send(datagram);
  }

  receive(): Bytes {
    const datagram = this.#inner.receive();
    this.messages.push(...decodeMessages(datagram));
    return datagram;
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}
