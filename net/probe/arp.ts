import { type Address, addressFromBytes, bytesOfAddress } from "../ip/mod.ts";
import { ARPHRD, ETH_ALEN, ETH_P } from "../uapi/mod.ts";
import { type Bytes, viewOf } from "../wire/mod.ts";

/** An ARP packet of IPv4 over Ethernet. */
export interface ArpPacket {
  /** One of `ARPOP`. */
  readonly operation: number;
  /** Six bytes, as `targetMac`. */
  readonly senderMac: Bytes;
  /** IPv4, as `target`; 0.0.0.0 in a probe. */
  readonly sender: Address;
  readonly targetMac: Bytes;
  readonly target: Address;
}

const IPV4_BYTES = 4;
const HEADER_BYTES = 8;
const PACKET_BYTES = HEADER_BYTES + 2 * (ETH_ALEN + IPV4_BYTES);

const offsets = {
  senderMac: HEADER_BYTES,
  sender: HEADER_BYTES + ETH_ALEN,
  targetMac: HEADER_BYTES + ETH_ALEN + IPV4_BYTES,
  target: HEADER_BYTES + 2 * ETH_ALEN + IPV4_BYTES,
} as const;

/** The 28 bytes of a packet, big-endian. Source: RFC 826, "Packet format". */
export function encodeArp({ operation, senderMac, sender, targetMac, target }: ArpPacket): Bytes {
  const bytes = new Uint8Array(PACKET_BYTES);
  const view = viewOf(bytes);
  view.setUint16(0, ARPHRD.ETHER);
  view.setUint16(2, ETH_P.IP);
  view.setUint8(4, ETH_ALEN);
  view.setUint8(5, IPV4_BYTES);
  view.setUint16(6, operation);
  bytes.set(senderMac, offsets.senderMac);
  bytes.set(bytesOfAddress(sender), offsets.sender);
  bytes.set(targetMac, offsets.targetMac);
  bytes.set(bytesOfAddress(target), offsets.target);
  return bytes;
}

/** The packet at the start of `bytes`, padding may follow; `undefined` when it is cut or of other protocols. */
export function tryParseArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < PACKET_BYTES) return undefined;
  const view = viewOf(bytes);
  const isIpv4 = view.getUint16(0) === ARPHRD.ETHER && view.getUint16(2) === ETH_P.IP &&
    view.getUint8(4) === ETH_ALEN && view.getUint8(5) === IPV4_BYTES;
  if (!isIpv4) return undefined;
  return {
    operation: view.getUint16(6),
    senderMac: bytes.slice(offsets.senderMac, offsets.sender) as Bytes,
    sender: addressFromBytes(bytes.subarray(offsets.sender, offsets.targetMac)),
    targetMac: bytes.slice(offsets.targetMac, offsets.target) as Bytes,
    target: addressFromBytes(bytes.subarray(offsets.target, PACKET_BYTES)),
  };
}
