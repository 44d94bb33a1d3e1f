import {
  bindSocket,
  type FileDescriptor,
  openSocket,
  pollLater,
  receiveFrom,
  sendTo,
  setSocketOption,
} from "../ffi/mod.ts";
import { AF, ETH_ALEN, PACKET, POLL, SOCK, SOL } from "../uapi/mod.ts";
import { type Bytes, i32, structTable, u16, u16be, u32, u8 } from "../wire/mod.ts";
import type { ProbeSocket } from "./probe_socket.ts";

/** `struct sockaddr_ll`; its eight bytes of address stand as two words. Source: linux/if_packet.h. */
const linkAddress = structTable("sockaddr_ll", {
  family: u16,
  protocol: u16be,
  index: i32,
  hardwareType: u16,
  packetType: u8,
  length: u8,
  addressLow: u32,
  addressHigh: u32,
});

/** The fixed part of `struct packet_mreq`; eight bytes of address follow. Source: linux/if_packet.h. */
const membership = structTable("packet_mreq", { index: i32, type: u16, length: u16 });

/** An Ethernet frame with room to spare: what is longer is nothing that is looked for. */
const FRAME_BYTES = 2048;

/** Frames for other hosts that one call passes over. */
const MAX_SKIPPED = 256;

/** Which frames a {@linkcode PacketSocket} is for. */
export interface PacketSocketOptions {
  readonly ifname: string;
  readonly index: number;
  /** One of `ETH_P`; 0 for a socket that only sends. */
  readonly protocol: number;
}

/**
 * A raw packet socket in the netns this thread is in now; usable from any afterwards. It needs no address on the link, so
 * a tentative one, or IPv6 that is switched off, does not matter.
 */
export class PacketSocket implements ProbeSocket, Disposable, AsyncDisposable {
  readonly #socket: FileDescriptor;
  readonly #index: number;
  readonly #buffer: Bytes = new Uint8Array(FRAME_BYTES);
  readonly #sender: Bytes = new Uint8Array(linkAddress.size);

  /** @throws {SyscallError} */
  constructor({ ifname, index, protocol }: PacketSocketOptions) {
    this.#index = index;
    // Protocol 0: nothing comes in before it is bound, so no frame of another link does.
    this.#socket = openSocket({ family: AF.PACKET, type: SOCK.RAW, protocol: 0, what: `packet socket on ${ifname}` });
    try {
      bindSocket(this.#socket, linkAddress.encode(linkAddress.of({ family: AF.PACKET, protocol, index })));
    } catch (error) {
      this.#socket[Symbol.dispose]();
      throw error;
    }
  }

  send(frame: Bytes): void {
    sendTo(this.#socket, frame);
  }

  receive(): Uint8Array | undefined {
    for (let i = 0; i < MAX_SKIPPED; i++) {
      const length = receiveFrom(this.#socket, this.#buffer, { sender: this.#sender });
      if (length === undefined) return undefined;
      if (isForUs(this.#sender)) return this.#buffer.slice(0, length);
    }
    return undefined; // more of others' frames than that: the caller looks at the time in between
  }

  async wait(ms: number): Promise<void> {
    await pollLater(this.#socket, { events: POLL.IN, timeoutMs: Math.ceil(ms) });
  }

  /** Listens to these Ethernet groups, whether or not the host has joined them, until it is closed. @throws {SyscallError} */
  join(groups: readonly Bytes[]): void {
    for (const group of groups) join(this.#socket, this.#index, group);
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** Closing one takes the kernel some 10 ms; so several are closed at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket.closeLater();
  }
}

/** Own frames come back, and those of VLANs that the host has no link for are shown as another host's. */
function isForUs(sender: Bytes): boolean {
  const { packetType } = linkAddress.decode(sender, { what: "sender", offset: 0 });
  return packetType !== PACKET.OTHERHOST && packetType !== PACKET.OUTGOING;
}

function join(socket: FileDescriptor, index: number, group: Bytes): void {
  const value = new Uint8Array(membership.size + 8);
  value.set(membership.encode({ index, type: PACKET.MR_MULTICAST, length: ETH_ALEN }));
  value.set(group, membership.size);
  setSocketOption(socket, { level: SOL.PACKET, option: PACKET.ADD_MEMBERSHIP, value });
}
