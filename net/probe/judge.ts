import { type Address, compareAddresses } from "../ip/mod.ts";
import { ARPOP, ETH_P } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import { tryParseArp } from "./arp.ts";
import { type Frame, tryParseFrame } from "./ethernet.ts";
import { tryParseNeighborMessage } from "./neighbor_discovery.ts";

/**
 * The MAC of another host that uses `address`, or is about to: `undefined` if `bytes` do not show one.
 *
 * IPv4: every ARP packet from the address, or a probe for it (RFC 5227 §2.1.1). IPv6: an advertisement of it, or another
 * host's Duplicate Address Detection for it (RFC 4862 §5.4.3 and §5.4.4). Frames of `ownMac` tell nothing.
 *
 * @param bytes an Ethernet frame as it came
 */
export function conflictIn(
  bytes: Uint8Array,
  { address, ownMac }: { address: Address; ownMac: Bytes },
): Bytes | undefined {
  const frame = tryParseFrame(bytes);
  if (frame === undefined || isSame(frame.source, ownMac)) return undefined;
  const mac = address.family === 4 ? arpConflict(frame, address) : neighborConflict(frame, address);
  return mac === undefined || isSame(mac, ownMac) ? undefined : mac;
}

/** The MAC that the gateway gave in an answer; `undefined` if `bytes` are none. */
export function gatewayAnswerIn(bytes: Uint8Array, gateway: Address): Bytes | undefined {
  const frame = tryParseFrame(bytes);
  if (frame === undefined) return undefined;
  if (gateway.family === 6) return advertised(frame, gateway);
  const arp = frame.protocol === ETH_P.ARP ? tryParseArp(frame.payload) : undefined;
  return arp?.operation === ARPOP.REPLY && isEqual(arp.sender, gateway) ? arp.senderMac : undefined;
}

function arpConflict({ protocol, payload }: Frame, address: Address): Bytes | undefined {
  const arp = protocol === ETH_P.ARP ? tryParseArp(payload) : undefined;
  if (arp === undefined) return undefined;
  const isProbe = arp.operation === ARPOP.REQUEST && arp.sender.value === 0n && isEqual(arp.target, address);
  return isEqual(arp.sender, address) || isProbe ? arp.senderMac : undefined;
}

function neighborConflict(frame: Frame, address: Address): Bytes | undefined {
  const message = frame.protocol === ETH_P.IPV6 ? tryParseNeighborMessage(frame.payload) : undefined;
  if (message?.kind !== "solicitation") return advertised(frame, address);
  // with a source address it only looks for the owner
  return message.source.value === 0n && isEqual(message.target, address) ? frame.source : undefined;
}

function advertised(frame: Frame, target: Address): Bytes | undefined {
  const message = frame.protocol === ETH_P.IPV6 ? tryParseNeighborMessage(frame.payload) : undefined;
  if (message?.kind !== "advertisement" || !isEqual(message.target, target)) return undefined;
  return message.linkAddress ?? frame.source; // a unicast answer may leave the option out
}

function isEqual(a: Address, b: Address): boolean {
  return compareAddresses(a, b) === 0;
}

function isSame(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
