import { type Address, parseAddress } from "../ip/mod.ts";
import { ARPOP, ETH_ALEN, ETH_P } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import { encodeArp } from "./arp.ts";
import { broadcastMac, encodeFrame, multicastMac } from "./ethernet.ts";
import {
  allNodes,
  encodeNeighborMessage,
  type NeighborMessage,
  solicitedNodeOf,
  unspecified,
} from "./neighbor_discovery.ts";

const noMac: Bytes = new Uint8Array(ETH_ALEN);
const noAddress = parseAddress("0.0.0.0");

/**
 * Asks whether somebody has `address`, saying nothing of the asker. IPv4: ARP Probe, sender 0.0.0.0 (RFC 5227 §1.1). IPv6:
 * the solicitation of Duplicate Address Detection, from `::` and without an option (RFC 4862 §5.4.2).
 *
 * @param mac of the asker, six bytes
 */
export function conflictProbe(address: Address, mac: Bytes): Bytes {
  if (address.family === 4) return arpRequest(mac, { sender: noAddress, target: address });
  const destination = solicitedNodeOf(address);
  return neighborFrame(mac, { kind: "solicitation", source: unspecified, destination, target: address });
}

/** Whom to ask, and as who. */
export interface GatewayQuestion {
  readonly gateway: Address;
  /** Of the asker; unused in IPv6, where its link-local address asks. */
  readonly address: Address;
}

/**
 * Asks for the gateway's MAC. IPv4: ARP request from `address` (RFC 826). IPv6: solicitation from the link-local address
 * that follows from the MAC, with it as an option, so that the answer comes back by itself (RFC 4861 §7.2.2).
 */
export function gatewayProbe({ gateway, address }: GatewayQuestion, mac: Bytes): Bytes {
  if (gateway.family === 4) return arpRequest(mac, { sender: address, target: gateway });
  const destination = solicitedNodeOf(gateway);
  const source = linkLocalOf(mac);
  return neighborFrame(mac, { kind: "solicitation", source, destination, target: gateway, linkAddress: mac });
}

/**
 * Tells the segment that `address` is at `mac`. IPv4: ARP Announcement (RFC 5227 §1.1). IPv6: unsolicited advertisement to
 * all nodes that overrides what they know (RFC 4861 §7.2.6).
 */
export function announcement(address: Address, mac: Bytes): Bytes {
  if (address.family === 4) return arpRequest(mac, { sender: address, target: address });
  return neighborFrame(mac, {
    kind: "advertisement",
    source: address,
    destination: allNodes,
    target: address,
    linkAddress: mac,
    isRouter: false,
    isSolicited: false,
    overrides: true,
  });
}

/** fe80:: and the modified EUI-64 of `mac`. Source: RFC 4862 §5.3, RFC 2464 §4. */
export function linkLocalOf(mac: Bytes): Address {
  const [first = 0, ...rest] = mac;
  const identifier = [first ^ 0x02, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const value = identifier.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: 6, value: (0xfe80n << 112n) | value };
}

function arpRequest(mac: Bytes, { sender, target }: { sender: Address; target: Address }): Bytes {
  const payload = encodeArp({ operation: ARPOP.REQUEST, senderMac: mac, sender, targetMac: noMac, target });
  return encodeFrame({ destination: broadcastMac, source: mac, protocol: ETH_P.ARP, payload });
}

function neighborFrame(mac: Bytes, message: NeighborMessage): Bytes {
  const destination = multicastMac(message.destination);
  return encodeFrame({ destination, source: mac, protocol: ETH_P.IPV6, payload: encodeNeighborMessage(message) });
}
