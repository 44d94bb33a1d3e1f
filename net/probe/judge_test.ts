import assert from "node:assert/strict";
import { type Address, parseAddress } from "../ip/mod.ts";
import { ARPOP, ETH_P } from "../uapi/mod.ts";
import { type Bytes, formatMac, parseMac } from "../wire/mod.ts";
import { encodeArp } from "./arp.ts";
import { broadcastMac, encodeFrame, multicastMac } from "./ethernet.ts";
import { announcement, conflictProbe, gatewayProbe, linkLocalOf } from "./frames.ts";
import { conflictIn, gatewayAnswerIn } from "./judge.ts";
import { allNodes, encodeNeighborMessage, type NeighborAdvertisement } from "./neighbor_discovery.ts";

const own = parseMac("02:00:5e:00:53:01");
const other = parseMac("02:00:5e:00:53:99");
const v4 = parseAddress("10.20.0.10");
const v6 = parseAddress("fd00:20::10");
const gateway4 = parseAddress("10.20.0.1");
const gateway6 = parseAddress("fe80::1");

interface Arp {
  readonly from?: Bytes;
  readonly sender?: Address;
  readonly target?: Address;
  readonly operation?: number;
}

function arp({ from = other, sender = v4, target = gateway4, operation = ARPOP.REPLY }: Arp): Bytes {
  const payload = encodeArp({ operation, senderMac: from, sender, targetMac: own, target });
  return encodeFrame({ destination: broadcastMac, source: from, protocol: ETH_P.ARP, payload });
}

function advertisement(changes: Partial<NeighborAdvertisement> = {}, from = other): Bytes {
  const message = {
    kind: "advertisement",
    source: v6,
    destination: allNodes,
    target: v6,
    linkAddress: from,
    isRouter: false,
    isSolicited: false,
    overrides: true,
    ...changes,
  } as const;
  const payload = encodeNeighborMessage(message);
  return encodeFrame({ destination: multicastMac(allNodes), source: from, protocol: ETH_P.IPV6, payload });
}

/** A frame with one byte set to `value`; its checksum is not mended. */
function broken(frame: Bytes, at: number, value: number): Bytes {
  const copy = frame.slice();
  copy[at] = value;
  return copy;
}

const HOP_LIMIT_AT = 14 + 7;
const CHECKSUM_AT = 14 + 40 + 2;

const conflicts: { name: string; frame: Bytes; address?: Address; want: boolean }[] = [
  { name: "an ARP reply from the address", frame: arp({}), want: true },
  {
    name: "an ARP request from the address",
    frame: arp({ operation: ARPOP.REQUEST, target: gateway4 }),
    want: true,
  },
  { name: "an ARP announcement of the address", frame: announcement(v4, other), want: true },
  { name: "another host's ARP probe for the address", frame: conflictProbe(v4, other), want: true },
  { name: "our own ARP probe", frame: conflictProbe(v4, own), want: false },
  { name: "an ARP reply from our own MAC", frame: arp({ from: own }), want: false },
  {
    name: "a request that only looks for the address",
    frame: arp({ operation: ARPOP.REQUEST, sender: gateway4, target: v4 }),
    want: false,
  },
  { name: "an ARP reply from another address", frame: arp({ sender: gateway4 }), want: false },
  { name: "another host's probe for another address", frame: conflictProbe(gateway4, other), want: false },
  { name: "an advertisement of the address", frame: advertisement(), address: v6, want: true },
  {
    name: "an advertisement without an option",
    frame: advertisement({ linkAddress: undefined }),
    address: v6,
    want: true,
  },
  { name: "an unsolicited advertisement", frame: announcement(v6, other), address: v6, want: true },
  { name: "another host's duplicate address detection", frame: conflictProbe(v6, other), address: v6, want: true },
  { name: "our own duplicate address detection", frame: conflictProbe(v6, own), address: v6, want: false },
  { name: "an advertisement of our own MAC", frame: advertisement({}, own), address: v6, want: false },
  { name: "an advertisement of another address", frame: advertisement({ target: gateway6 }), address: v6, want: false },
  {
    name: "a solicitation that only looks for the address",
    frame: gatewayProbe({ gateway: v6, address: v6 }, other),
    address: v6,
    want: false,
  },
  {
    name: "an advertisement that crossed a router",
    frame: broken(advertisement(), HOP_LIMIT_AT, 254),
    address: v6,
    want: false,
  },
  {
    name: "an advertisement with a wrong checksum",
    frame: broken(advertisement(), CHECKSUM_AT, 0),
    address: v6,
    want: false,
  },
  {
    name: "a solicited advertisement to a group",
    frame: advertisement({ isSolicited: true }),
    address: v6,
    want: false,
  },
  { name: "an ARP packet when IPv6 is asked", frame: arp({}), address: v6, want: false },
  { name: "an advertisement when IPv4 is asked", frame: advertisement(), want: false },
];
for (const { name, frame, address = v4, want } of conflicts) {
  Deno.test(`conflictIn() ${want ? "finds" : "passes over"} ${name}`, () => {
    const mac = conflictIn(frame, { address, ownMac: own });
    assert.equal(mac && formatMac(mac), want ? "02:00:5e:00:53:99" : undefined);
  });
}

Deno.test("conflictIn() names the MAC that the frame gives, not the one that it came from", () => {
  const frame = advertisement({ linkAddress: parseMac("00:00:5e:00:01:07") });
  assert.deepEqual(conflictIn(frame, { address: v6, ownMac: own }), parseMac("00:00:5e:00:01:07"));
});

const answers: { name: string; frame: Bytes; gateway: Address; want: boolean }[] = [
  { name: "an ARP reply", frame: arp({ sender: gateway4, target: v4 }), gateway: gateway4, want: true },
  {
    name: "an ARP request of the gateway",
    frame: arp({ sender: gateway4, operation: ARPOP.REQUEST }),
    gateway: gateway4,
    want: false,
  },
  { name: "another host's ARP reply", frame: arp({}), gateway: gateway4, want: false },
  {
    name: "a solicited advertisement",
    frame: advertisement({ target: gateway6, isSolicited: true, isRouter: true, destination: linkLocalOf(own) }),
    gateway: gateway6,
    want: true,
  },
  { name: "another host's advertisement", frame: advertisement(), gateway: gateway6, want: false },
];
for (const { name, frame, gateway, want } of answers) {
  Deno.test(`gatewayAnswerIn() ${want ? "finds" : "passes over"} ${name}`, () => {
    assert.equal(gatewayAnswerIn(frame, gateway) !== undefined, want);
  });
}
