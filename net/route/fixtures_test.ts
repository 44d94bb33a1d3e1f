import assert from "node:assert/strict";
import { readHexFixture } from "../../tests/shared/hex_fixture.ts";
import { seededRandom } from "../base/random.ts";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { type Codec, decodeMessages, encodeMessage, parseMac, WireError } from "../wire/mod.ts";
import { addressPayload, linkAddressOf } from "./address.ts";
import { linkOf } from "./link.ts";
import { linkPayload } from "./link_message.ts";
import { neighborOf, neighborPayload } from "./neighbor.ts";
import { routeOf } from "./route.ts";
import { routePayload } from "./route_message.ts";
import { ruleOf, rulePayload } from "./rule.ts";

const place = { what: "fixture", offset: 0 };

/** A kind of object: how its payload is decoded, and the value made of that. */
interface Kind {
  roundTrip(payload: Uint8Array): Uint8Array;
  read(payload: Uint8Array): object;
}

const links = kind(linkPayload, linkOf);
const addresses = kind(addressPayload, linkAddressOf);
const routes = kind(routePayload, routeOf);
const neighbors = kind(neighborPayload, neighborOf);
const rules = kind(rulePayload, ruleOf);

const route = {
  source: undefined,
  gateway: undefined,
  index: undefined,
  preferredSource: undefined,
  priority: undefined,
  table: 254,
  scope: 0,
  type: 1,
  protocol: 3,
  flags: 0,
  metrics: undefined,
  nextHops: [],
};
const rule = {
  source: undefined,
  destination: undefined,
  mark: undefined,
  mask: undefined,
  inputName: undefined,
  outputName: undefined,
  action: 1,
  inverted: false,
};
const address = { peer: undefined, broadcast: undefined, scope: 0, label: undefined };
const forever = { preferredLifetimeS: Infinity, validLifetimeS: Infinity };
const macvlan = { mode: 4, flags: 0, macAddressCount: 0, broadcastQueueLength: 1000, broadcastQueueLengthUsed: 1000 };

/** What each captured message says. Of links only the fields that the capture fixed. */
const cases: readonly (readonly [fixture: string, kind: Kind, want: object])[] = [
  ["link_loopback", links, { index: 1, name: "lo", up: true, type: 772, mtu: 65536, kind: undefined }],
  ["link_veth", links, {
    name: "v0",
    up: true,
    type: 1,
    mtu: 1400,
    address: parseMac("02:00:00:00:00:02"),
    txQueueLength: 1000,
    operState: 6,
    kind: "veth",
    info: { kind: "veth" },
    parentIndex: 3,
    parentNetnsId: undefined,
    masterIndex: undefined,
  }],
  ["link_macvlan", links, {
    name: "mv0",
    address: parseMac("02:00:00:00:00:04"),
    kind: "macvlan",
    info: { kind: "macvlan", macvlan },
    parentIndex: 4,
  }],
  ["link_bridge", links, { name: "br0", address: parseMac("02:00:00:00:00:01"), kind: "bridge" }],
  ["link_bridge_port", links, { name: "v1", kind: "veth", parentIndex: 4, masterIndex: 2 }],
  ["address_ipv4", addresses, {
    ...address,
    ...forever,
    index: 4,
    prefix: parsePrefix("10.1.0.5/24"),
    broadcast: parseAddress("10.1.0.255"),
    flags: 0x80,
    label: "v0",
  }],
  ["address_ipv4_peer", addresses, {
    ...address,
    ...forever,
    index: 5,
    prefix: parsePrefix("10.2.0.1/32"),
    peer: parseAddress("10.2.0.2"),
    flags: 0x80,
    label: "mv0",
  }],
  ["address_ipv6", addresses, {
    ...address,
    ...forever,
    index: 4,
    prefix: parsePrefix("fd00:1::5/64"),
    flags: 0x82,
  }],
  ["address_ipv6_lifetime", addresses, {
    ...address,
    index: 4,
    prefix: parsePrefix("fd00:2::5/64"),
    flags: 0x02,
    preferredLifetimeS: 1800,
    validLifetimeS: 3600,
  }],
  ["route_ipv4_default", routes, {
    ...route,
    destination: parsePrefix("0.0.0.0/0"),
    gateway: parseAddress("10.1.0.1"),
    index: 4,
  }],
  ["route_ipv4_table", routes, {
    ...route,
    destination: parsePrefix("10.3.0.0/16"),
    gateway: parseAddress("10.1.0.2"),
    index: 4,
    preferredSource: parseAddress("10.1.0.5"),
    priority: 50,
    table: 500,
    protocol: 4,
    metrics: { mtu: 1300 },
  }],
  ["route_ipv4_multipath", routes, {
    ...route,
    destination: parsePrefix("10.4.0.0/16"),
    nextHops: [
      { index: 4, gateway: parseAddress("10.1.0.3"), weight: 2, flags: 0 },
      { index: 5, gateway: parseAddress("10.2.0.2"), weight: 1, flags: 0 },
    ],
  }],
  ["route_ipv4_via_ipv6", routes, {
    ...route,
    destination: parsePrefix("10.5.0.0/16"),
    gateway: parseAddress("fd00:1::1"),
    index: 4,
  }],
  ["route_ipv4_unreachable", routes, { ...route, destination: parsePrefix("10.6.0.0/16"), type: 7 }],
  ["route_ipv6_default", routes, {
    ...route,
    destination: parsePrefix("::/0"),
    gateway: parseAddress("fd00:1::1"),
    index: 4,
    priority: 1024,
  }],
  ["route_ipv6_table", routes, {
    ...route,
    destination: parsePrefix("fd00:3::/64"),
    gateway: parseAddress("fd00:1::2"),
    index: 4,
    priority: 1024,
    table: 500,
    metrics: { mtu: 1300 },
  }],
  ["neighbor_ipv4", neighbors, {
    index: 4,
    destination: parseAddress("10.1.0.9"),
    lladdr: parseMac("02:00:00:00:00:09"),
    state: 0x80,
    flags: 0,
  }],
  ["neighbor_ipv6", neighbors, {
    index: 4,
    destination: parseAddress("fd00:1::9"),
    lladdr: parseMac("02:00:00:00:00:09"),
    state: 0x80,
    flags: 0,
  }],
  ["rule_ipv4_mark", rules, { ...rule, family: 4, priority: 1000, mark: 1, mask: 0xf, table: 100 }],
  ["rule_ipv4_from", rules, {
    ...rule,
    family: 4,
    priority: 900,
    source: parsePrefix("10.1.0.5/32"),
    inputName: "v0",
    table: 500,
  }],
  ["rule_ipv6_to", rules, { ...rule, family: 6, priority: 800, destination: parsePrefix("fd00:5::/48"), table: 500 }],
];

for (const [fixture, { read, roundTrip }, want] of cases) {
  const bytes = readHexFixture(`netlink/${fixture}`);
  const [message] = decodeMessages(bytes);
  assert.ok(message !== undefined);
  const { payload } = message;

  Deno.test(`${fixture} decodes`, () => {
    const got = Object.entries(read(payload)).filter(([key]) => key in want);
    assert.deepEqual(Object.fromEntries(got), want);
  });

  Deno.test(`${fixture} encodes to the same bytes`, () => {
    assert.deepEqual(encodeMessage({ ...message, payload: Uint8Array.from(roundTrip(payload)) }), bytes);
  });

  Deno.test(`${fixture} cut anywhere decodes or throws WireError`, () => {
    for (let length = 0; length < payload.length; length++) readOrRefuse(read, payload.subarray(0, length));
  });

  Deno.test(`${fixture} with random bytes decodes or throws WireError`, () => {
    const random = seededRandom(fixture.length);
    for (let run = 0; run < 300; run++) readOrRefuse(read, spoil(payload, random));
  });
}

Deno.test("random payloads decode or throw WireError", () => {
  const random = seededRandom(1);
  for (let run = 0; run < 2000; run++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256));
    for (const { read } of [links, addresses, routes, neighbors, rules]) readOrRefuse(read, bytes);
  }
});

function kind<P, V extends object>(codec: Codec<P>, valueOf: (payload: P) => V): Kind {
  return {
    roundTrip: (payload) => codec.encode(codec.decode(payload, place)),
    read: (payload) => valueOf(codec.decode(payload, place)),
  };
}

function readOrRefuse(read: Kind["read"], payload: Uint8Array): void {
  try {
    read(payload);
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
  }
}

/** A copy with up to four bytes changed. */
function spoil(payload: Uint8Array, random: () => number): Uint8Array {
  const copy = payload.slice();
  for (let i = 0; i < 1 + Math.floor(random() * 4); i++) {
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  }
  return copy;
}
