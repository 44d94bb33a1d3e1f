import { type Address, bytesOfAddress } from "../ip/mod.ts";
import { ETH_ALEN, ETH_HLEN } from "../uapi/mod.ts";
import { type Bytes, viewOf } from "../wire/mod.ts";

/** An Ethernet II frame without its checksum. */
export interface Frame {
  /** Six bytes, as `source`. */
  readonly destination: Bytes;
  readonly source: Bytes;
  /** One of `ETH_P`. */
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/** ff:ff:ff:ff:ff:ff */
export const broadcastMac: Bytes = new Uint8Array(ETH_ALEN).fill(0xff);

/** The Ethernet address of an IPv6 multicast group: 33:33 and its last four bytes. Source: RFC 2464 §7. */
export function multicastMac(group: Address): Bytes {
  return Uint8Array.of(0x33, 0x33, ...bytesOfAddress(group).slice(-4));
}

/** Bytes of a frame, big-endian; whoever sends it pads it to the 60 that Ethernet asks for. Source: RFC 894. */
export function encodeFrame({ destination, source, protocol, payload }: Frame): Bytes {
  const bytes = new Uint8Array(ETH_HLEN + payload.length);
  bytes.set(destination, 0);
  bytes.set(source, ETH_ALEN);
  viewOf(bytes).setUint16(2 * ETH_ALEN, protocol);
  bytes.set(payload, ETH_HLEN);
  return bytes;
}

/** The frame in `bytes`, padding included; `undefined` when they are fewer than a header. */
export function tryParseFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < ETH_HLEN) return undefined;
  return {
    destination: bytes.slice(0, ETH_ALEN) as Bytes,
    source: bytes.slice(ETH_ALEN, 2 * ETH_ALEN) as Bytes,
    protocol: viewOf(bytes).getUint16(2 * ETH_ALEN),
    payload: bytes.subarray(ETH_HLEN),
  };
}
