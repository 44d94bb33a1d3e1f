import { NLMSG_ALIGNTO, NLMSG_HDRLEN } from "../uapi/mod.ts";
import type { Bytes } from "./codec.ts";
import { WireError } from "./error.ts";
import { u16, u32 } from "./scalar.ts";
import { alignUp, structTable } from "./struct.ts";

/** One netlink message. */
export interface Message {
  /** One of `RTM` or `NLMSG`. */
  readonly type: number;
  /** Flags of `NLM_F`. */
  readonly flags: number;
  /** Number of the request; replies repeat it. */
  readonly sequence: number;
  /** Netlink port of the socket that asked; 0 is the kernel. */
  readonly port: number;
  readonly payload: Bytes;
}

/** `struct nlmsghdr`. Source: linux/netlink.h. */
export const messageHeader = structTable("nlmsghdr", { length: u32, type: u16, flags: u16, sequence: u32, port: u32 });

/** Encodes header and payload, padded to 4 bytes. @throws {RangeError} if a field does not fit */
export function encodeMessage({ type, flags, sequence, port, payload }: Message): Bytes {
  const length = NLMSG_HDRLEN + payload.length;
  const bytes = new Uint8Array(alignUp(length, NLMSG_ALIGNTO));
  bytes.set(messageHeader.encode({ length, type, flags, sequence, port }));
  bytes.set(payload, NLMSG_HDRLEN);
  return bytes;
}

/**
 * Cuts a datagram into its messages; payloads are copied.
 *
 * @throws {WireError} if a message is cut off or its length is impossible
 */
export function decodeMessages(datagram: Uint8Array): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < datagram.length;) {
    const place = { what: "netlink message", offset: at };
    const left = datagram.length - at;
    if (left < NLMSG_HDRLEN) throw new WireError(place, `${left} bytes left, a header has ${NLMSG_HDRLEN}`);
    const { length, ...header } = messageHeader.decode(datagram.subarray(at, at + NLMSG_HDRLEN), place);
    if (length < NLMSG_HDRLEN || length > left) throw new WireError(place, `length ${length}, ${left} bytes left`);
    messages.push({ ...header, payload: new Uint8Array(datagram.subarray(at + NLMSG_HDRLEN, at + length)) });
    at += alignUp(length, NLMSG_ALIGNTO);
  }
  return messages;
}
