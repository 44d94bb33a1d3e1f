import { type Address, addressFromBytes, bytesOfAddress, parseAddress } from "../ip/mod.ts";
import { ETH_ALEN } from "../uapi/mod.ts";
import { type Bytes, joinBytes } from "../wire/mod.ts";
import { encodeIcmpv6, type Icmpv6Packet, tryParseIcmpv6 } from "./ipv6.ts";

interface NeighborFields {
  /** Unspecified (`::`) in the solicitation of Duplicate Address Detection. */
  readonly source: Address;
  readonly destination: Address;
  readonly target: Address;
  /** The sender's link-layer address in a solicitation, the target's in an advertisement. */
  readonly linkAddress?: Bytes | undefined;
}

/** A Neighbor Solicitation: who has `target`? */
export interface NeighborSolicitation extends NeighborFields {
  readonly kind: "solicitation";
}

/** A Neighbor Advertisement: `target` is at `linkAddress`. */
export interface NeighborAdvertisement extends NeighborFields {
  readonly kind: "advertisement";
  readonly isRouter: boolean;
  /** Answers a solicitation. */
  readonly isSolicited: boolean;
  /** Replaces what is known. */
  readonly overrides: boolean;
}

/** A message about one address of a neighbor. */
export type NeighborMessage = NeighborSolicitation | NeighborAdvertisement;

/** ICMPv6 types and option types. Source: RFC 4861 §4.3, §4.4, §4.6.1. */
const ND = { SOLICITATION: 135, ADVERTISEMENT: 136, SOURCE_LINK_ADDRESS: 1, TARGET_LINK_ADDRESS: 2 } as const;
const FLAG = { ROUTER: 0x80, SOLICITED: 0x40, OVERRIDE: 0x20 } as const;

const FIXED_BYTES = 24;
/** Options count their length in units of eight bytes. */
const OPTION_UNIT = 8;

const solicitedNodePrefix = parseAddress("ff02::1:ff00:0").value;

/** `::` */
export const unspecified: Address = { family: 6, value: 0n };

/** ff02::1, every node of the segment. */
export const allNodes: Address = parseAddress("ff02::1");

/** The group that the owner of `address` listens to: ff02::1:ff and its last 24 bits. Source: RFC 4291 §2.7.1. */
export function solicitedNodeOf({ value }: Address): Address {
  return { family: 6, value: solicitedNodePrefix | (value & 0xffffffn) };
}

/** The IPv6 packet of a message, big-endian. Source: RFC 4861 §4.3 and §4.4. */
export function encodeNeighborMessage(message: NeighborMessage): Bytes {
  const { source, destination, target, linkAddress } = message;
  const head = new Uint8Array(FIXED_BYTES);
  head[0] = message.kind === "solicitation" ? ND.SOLICITATION : ND.ADVERTISEMENT;
  head[4] = message.kind === "solicitation" ? 0 : flagsOf(message);
  head.set(bytesOfAddress(target), 8);
  const option = linkAddress === undefined ? new Uint8Array(0) : linkOption(message.kind, linkAddress);
  return encodeIcmpv6({ source, destination, message: joinBytes([head, option]) });
}

/** The message in an IPv6 packet; `undefined` for anything that RFC 4861 §7.1.1 and §7.1.2 tell to discard. */
export function tryParseNeighborMessage(bytes: Uint8Array): NeighborMessage | undefined {
  const packet = tryParseIcmpv6(bytes);
  if (packet === undefined || packet.message.length < FIXED_BYTES || packet.message[1] !== 0) return undefined;
  const target = addressFromBytes(packet.message.subarray(8, FIXED_BYTES));
  const options = tryParseOptions(packet.message.subarray(FIXED_BYTES));
  if (isMulticast(target) || options === undefined) return undefined;
  if (packet.message[0] === ND.SOLICITATION) return solicitationOf(packet, { target, options });
  if (packet.message[0] === ND.ADVERTISEMENT) return advertisementOf(packet, { target, options });
  return undefined;
}

interface Parts {
  readonly target: Address;
  /** Link-layer addresses by option type. */
  readonly options: ReadonlyMap<number, Bytes>;
}

function solicitationOf(
  { source, destination }: Icmpv6Packet,
  { target, options }: Parts,
): NeighborSolicitation | undefined {
  const linkAddress = options.get(ND.SOURCE_LINK_ADDRESS);
  const isDetection = source.value === 0n;
  if (isDetection && (linkAddress !== undefined || destination.value !== solicitedNodeOf(destination).value)) {
    return undefined;
  }
  return { kind: "solicitation", source, destination, target, ...(linkAddress && { linkAddress }) };
}

function advertisementOf(
  { source, destination, message }: Icmpv6Packet,
  { target, options }: Parts,
): NeighborAdvertisement | undefined {
  const flags = message[4] ?? 0;
  const isSolicited = (flags & FLAG.SOLICITED) !== 0;
  if (isSolicited && isMulticast(destination)) return undefined;
  const linkAddress = options.get(ND.TARGET_LINK_ADDRESS);
  return {
    kind: "advertisement",
    source,
    destination,
    target,
    ...(linkAddress && { linkAddress }),
    isRouter: (flags & FLAG.ROUTER) !== 0,
    isSolicited,
    overrides: (flags & FLAG.OVERRIDE) !== 0,
  };
}

function flagsOf({ isRouter, isSolicited, overrides }: NeighborAdvertisement): number {
  return (isRouter ? FLAG.ROUTER : 0) | (isSolicited ? FLAG.SOLICITED : 0) | (overrides ? FLAG.OVERRIDE : 0);
}

function linkOption(kind: NeighborMessage["kind"], address: Bytes): Bytes {
  const type = kind === "solicitation" ? ND.SOURCE_LINK_ADDRESS : ND.TARGET_LINK_ADDRESS;
  return Uint8Array.of(type, 1, ...address);
}

/** Ethernet addresses of all options that hold one; `undefined` when an option is cut or has no length. */
function tryParseOptions(bytes: Uint8Array): ReadonlyMap<number, Bytes> | undefined {
  const found = new Map<number, Bytes>();
  for (let at = 0; at < bytes.length;) {
    const [type, units] = [bytes[at], bytes[at + 1]];
    if (type === undefined || units === undefined || units === 0) return undefined;
    const end = at + units * OPTION_UNIT;
    if (end > bytes.length) return undefined;
    if (units === 1 && !found.has(type)) found.set(type, bytes.slice(at + 2, at + 2 + ETH_ALEN) as Bytes);
    at = end;
  }
  return found;
}

function isMulticast({ value }: Address): boolean {
  return value >> 120n === 0xffn;
}
