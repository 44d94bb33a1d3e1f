import { type Address, addressFromBytes, bytesOfAddress } from "../ip/mod.ts";
import { IPPROTO } from "../uapi/mod.ts";
import { type Bytes, joinBytes, viewOf } from "../wire/mod.ts";

/** An ICMPv6 message and its IPv6 header, without extension headers. */
export interface Icmpv6Packet {
  readonly source: Address;
  readonly destination: Address;
  /** From the type to the end of the message; its checksum is made and checked by the codec. */
  readonly message: Uint8Array;
}

const HEADER_BYTES = 40;
const CHECKSUM_OFFSET = 2;
/** Of Neighbor Discovery: a packet with a lower one has crossed a router. Source: RFC 4861 §7.1. */
const HOP_LIMIT = 255;

/** Bytes of the packet, hop limit 255, checksum filled in. Sources: RFC 8200 §3 and §8.1, RFC 4443 §2.3. */
export function encodeIcmpv6({ source, destination, message }: Icmpv6Packet): Bytes {
  const header = new Uint8Array(HEADER_BYTES);
  const view = viewOf(header);
  view.setUint8(0, 0x60); // version 6; traffic class and flow label 0
  view.setUint16(4, message.length);
  view.setUint8(6, IPPROTO.ICMPV6);
  view.setUint8(7, HOP_LIMIT);
  header.set(bytesOfAddress(source), 8);
  header.set(bytesOfAddress(destination), 24);
  const bytes = joinBytes([header, message]);
  const body = bytes.subarray(HEADER_BYTES);
  viewOf(body).setUint16(CHECKSUM_OFFSET, 0);
  viewOf(body).setUint16(CHECKSUM_OFFSET, checksum({ source, destination, message: body }));
  return bytes;
}

/**
 * The ICMPv6 message in `bytes`, Ethernet padding may follow; `undefined` unless it is whole, came straight from this
 * segment (hop limit 255) and its checksum is right.
 */
export function tryParseIcmpv6(bytes: Uint8Array): Icmpv6Packet | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint16(4);
  if (view.getUint8(0) >> 4 !== 6 || view.getUint8(6) !== IPPROTO.ICMPV6 || view.getUint8(7) !== HOP_LIMIT) {
    return undefined;
  }
  if (length < CHECKSUM_OFFSET + 2 || HEADER_BYTES + length > bytes.length) return undefined;
  const packet = {
    source: addressFromBytes(bytes.subarray(8, 24)),
    destination: addressFromBytes(bytes.subarray(24, 40)),
    message: bytes.subarray(HEADER_BYTES, HEADER_BYTES + length),
  };
  return checksum(packet) === 0 ? packet : undefined; // over a right one, its own field included, it is 0
}

/** One's complement sum over the pseudo-header and the message. */
function checksum({ source, destination, message }: Icmpv6Packet): number {
  const tail = new Uint8Array(8);
  viewOf(tail).setUint32(0, message.length);
  viewOf(tail).setUint8(7, IPPROTO.ICMPV6);
  const odd = message.length % 2 === 0 ? [] : [new Uint8Array(1)];
  const view = viewOf(joinBytes([bytesOfAddress(source), bytesOfAddress(destination), tail, message, ...odd]));
  let sum = 0;
  for (let i = 0; i < view.byteLength; i += 2) sum += view.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
