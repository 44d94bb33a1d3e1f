/**
 * Asks the network of a link before an address is used: whether another host has it, and whether its gateway answers. ARP
 * and Neighbor Discovery over packet sockets; no address needs to be on the link.
 *
 * @example
 * ```ts
 * import { defaultProbeSettings, LinkProbe } from "./net/probe/mod.ts";
 * import { parseAddress } from "./net/ip/mod.ts";
 *
 * const address = parseAddress("10.20.0.10");
 * const targets = [{ address, detectConflict: true, gateway: parseAddress("10.20.0.1") }];
 * await using probe = new LinkProbe({ netns: "/var/run/netns/pod", ifname: "eth0" });
 * const found = await probe.detect({ targets, settings: defaultProbeSettings, timeoutMs: 5000 });
 * if (found.conflicts.length === 0) probe.announce([address]);
 * ```
 *
 * @module
 */
export { type ArpPacket, encodeArp, tryParseArp } from "./arp.ts";
export { ProbeError, type ProbeErrorOptions, type ProbeFailure } from "./error.ts";
export { broadcastMac, encodeFrame, type Frame, multicastMac, tryParseFrame } from "./ethernet.ts";
export { announcement, conflictProbe, gatewayProbe, type GatewayQuestion, linkLocalOf } from "./frames.ts";
export { type Detection, type DetectOptions, LinkProbe, type LinkProbeOptions } from "./link_probe.ts";
export {
  allNodes,
  encodeNeighborMessage,
  type NeighborAdvertisement,
  type NeighborMessage,
  type NeighborSolicitation,
  solicitedNodeOf,
  tryParseNeighborMessage,
  unspecified,
} from "./neighbor_discovery.ts";
export { PacketSocket, type PacketSocketOptions } from "./packet_socket.ts";
export { defaultProbeSettings, type ProbeSettings } from "./settings.ts";
export { type Finding, type ProbeTarget } from "./target_check.ts";
