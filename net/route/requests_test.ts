import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { IFF, RT_SCOPE, RTN, RTNH_F } from "../uapi/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { deleteAddressPayload, newAddressPayload } from "./address.ts";
import { checkLinkName, linkChangesPayload, newLinkPayload } from "./link.ts";
import { linkInfo } from "./link_info.ts";
import { linkPayload } from "./link_message.ts";
import { deleteNeighborPayload, newNeighborPayload } from "./neighbor.ts";
import { deleteRoutePayload, lookupRoutePayload, newRoutePayload, type RouteSpec } from "./route.ts";
import { routePayload } from "./route_message.ts";
import { deleteRulePayload, newRulePayload } from "./rule.ts";

const place = { what: "payload", offset: 0 };

/** The attributes that are written: those that are not undefined. */
function written(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

const broadcasts = [
  { prefix: "10.0.0.5/24", want: "10.0.0.255" },
  { prefix: "10.0.0.5/30", want: "10.0.0.7" },
  { prefix: "10.0.0.5/31", want: undefined },
  { prefix: "10.0.0.5/32", want: undefined },
  { prefix: "fd00::5/64", want: undefined },
];
for (const { prefix, want } of broadcasts) {
  Deno.test(`newAddressPayload() gives ${prefix} the broadcast address ${want}`, () => {
    const { header, attributes } = newAddressPayload({ index: 7, prefix: parsePrefix(prefix) });
    const { address, length } = parsePrefix(prefix);
    const broadcast = want === undefined ? {} : { broadcast: parseAddress(want) };
    assert.deepEqual(written(attributes), { local: address, address, ...broadcast });
    assert.deepEqual([header.index, header.prefixLength], [7, length]);
  });
}

Deno.test("newAddressPayload() sends lifetimes, and of the flags those a caller may set", () => {
  const { header, attributes } = newAddressPayload({
    index: 1,
    prefix: parsePrefix("fd00::5/64"),
    flags: 0x02 | 0x80 | 0x40 | 0x200,
    validLifetimeS: 60,
  });
  assert.equal(header.flags, 0x02);
  assert.equal(attributes.flags, 0x202);
  assert.deepEqual(attributes.cacheInfo, { preferred: 0xffff_ffff, valid: 60, created: 0, updated: 0 });
});

Deno.test("deleteAddressPayload() names address and length", () => {
  const { header, attributes } = deleteAddressPayload({ index: 3, prefix: parsePrefix("10.0.0.5/24") });
  assert.deepEqual(header, { family: 2, prefixLength: 24, flags: 0, scope: 0, index: 3 });
  assert.deepEqual(written(attributes), { local: parseAddress("10.0.0.5"), address: parseAddress("10.0.0.5") });
});

const scopes: readonly { name: string; spec: Omit<RouteSpec, "destination">; to?: string; want: number }[] = [
  { name: "without gateway", spec: { index: 1 }, want: RT_SCOPE.LINK },
  { name: "with gateway", spec: { gateway: parseAddress("10.0.0.1") }, want: RT_SCOPE.UNIVERSE },
  { name: "with a given scope", spec: { index: 1, scope: RT_SCOPE.HOST }, want: RT_SCOPE.HOST },
  { name: "local", spec: { index: 1, type: RTN.LOCAL }, want: RT_SCOPE.HOST },
  { name: "unreachable", spec: { type: RTN.UNREACHABLE }, want: RT_SCOPE.UNIVERSE },
  { name: "IPv6", spec: { index: 1 }, to: "fd00::/64", want: RT_SCOPE.UNIVERSE },
  {
    name: "multipath with gateways",
    spec: { nextHops: [{ index: 1, gateway: parseAddress("10.0.0.1") }] },
    want: RT_SCOPE.UNIVERSE,
  },
];
for (const { name, spec, to = "10.9.0.0/16", want } of scopes) {
  Deno.test(`newRoutePayload() takes scope ${want} for a route ${name}`, () => {
    assert.equal(newRoutePayload({ destination: parsePrefix(to), ...spec }).header.scope, want);
  });
}

Deno.test("newRoutePayload() writes tables from 256 on as an attribute only", () => {
  const at = (table: number) => newRoutePayload({ destination: parsePrefix("10.0.0.0/8"), index: 1, table });
  assert.deepEqual([at(101).header.table, at(101).attributes.table], [101, undefined]);
  assert.deepEqual([at(500).header.table, at(500).attributes.table], [0, 500]);
});

Deno.test("newRoutePayload() sends no flags of state and no destination for a default route", () => {
  const { header, attributes } = newRoutePayload({
    destination: parsePrefix("0.0.0.0/0"),
    gateway: parseAddress("10.0.0.1"),
    flags: RTNH_F.ONLINK | RTNH_F.DEAD | RTNH_F.LINKDOWN,
  });
  assert.equal(header.flags, RTNH_F.ONLINK);
  assert.deepEqual(written(attributes), { gateway: parseAddress("10.0.0.1") });
});

Deno.test("newRoutePayload() sends a gateway of the other family as via, next hops with their weight", () => {
  const payload = newRoutePayload({
    destination: parsePrefix("10.0.0.0/8"),
    nextHops: [{ index: 3, gateway: parseAddress("fd00::1"), weight: 256 }, { index: 4 }],
  });
  const { attributes } = routePayload.decode(routePayload.encode(payload), place);
  assert.deepEqual(attributes.nextHops, [
    { header: { length: 8 + 4 + 18 + 2, flags: 0, hops: 255, index: 3 }, attributes: { via: parseAddress("fd00::1") } },
    { header: { length: 8, flags: 0, hops: 0, index: 4 }, attributes: {} },
  ]);
});

Deno.test("newRoutePayload() refuses a weight that does not fit", () => {
  for (const weight of [0, 257]) {
    const payload = newRoutePayload({ destination: parsePrefix("10.0.0.0/8"), nextHops: [{ index: 3, weight }] });
    assert.throws(() => routePayload.encode(payload), RangeError);
  }
});

Deno.test("deleteRoutePayload() compares only what is given", () => {
  const { header, attributes } = deleteRoutePayload({ destination: parsePrefix("10.9.0.0/16") });
  assert.deepEqual([header.protocol, header.type, header.scope, header.table], [0, 0, RT_SCOPE.NOWHERE, 254]);
  assert.deepEqual(written(attributes), { destination: parseAddress("10.9.0.0") });
});

Deno.test("lookupRoutePayload() asks with the whole address and for the table", () => {
  const { header, attributes } = lookupRoutePayload(parseAddress("10.0.0.9"), { mark: 1 });
  assert.deepEqual([header.destinationLength, header.sourceLength, header.flags], [32, 0, 0x1000]);
  assert.deepEqual(written(attributes), { destination: parseAddress("10.0.0.9"), mark: 1 });
  const six = lookupRoutePayload(parseAddress("fd00::9"), { source: parseAddress("fd00::5") }).header;
  assert.deepEqual([six.destinationLength, six.sourceLength, six.flags], [128, 128, 0]);
});

Deno.test("newNeighborPayload() is permanent unless said otherwise", () => {
  const spec = { index: 2, destination: parseAddress("10.0.0.9"), lladdr: parseMac("02:00:00:00:00:09") };
  assert.deepEqual(newNeighborPayload(spec).header, { family: 2, index: 2, state: 0x80, flags: 0, type: 0 });
  assert.equal(newNeighborPayload({ ...spec, state: 0x02 }).header.state, 0x02);
  assert.deepEqual(deleteNeighborPayload(spec).header, { family: 2, index: 2, state: 0, flags: 0, type: 0 });
});

Deno.test("newRulePayload() looks up main unless said otherwise, deleteRulePayload() does not compare", () => {
  const added = newRulePayload({ family: 4, priority: 1000, mark: 1, mask: 1 });
  assert.deepEqual([added.header.action, added.header.table], [1, 254]);
  assert.deepEqual(written(added.attributes), { priority: 1000, mark: 1, mask: 1, table: 254 });
  const deleted = deleteRulePayload({ family: 6, priority: 1000 });
  assert.deepEqual([deleted.header.family, deleted.header.action, deleted.header.table], [10, 0, 0]);
  assert.deepEqual(written(deleted.attributes), { priority: 1000 });
});

Deno.test("newRulePayload() writes prefixes, inversion and tables from 256 on", () => {
  const { header, attributes } = newRulePayload({
    family: 4,
    source: parsePrefix("10.0.0.5/32"),
    table: 500,
    inverted: true,
  });
  assert.deepEqual([header.sourceLength, header.destinationLength, header.table, header.flags], [32, 0, 0, 2]);
  assert.deepEqual(written(attributes), { source: parseAddress("10.0.0.5"), table: 500 });
});

Deno.test("newLinkPayload() and linkChangesPayload() touch IFF_UP only where it is given", () => {
  const info = { kind: "bridge" };
  const flags = ({ header }: { header: { flags: number; change: number } }) => [header.flags, header.change];
  assert.deepEqual(flags(newLinkPayload({ name: "a", info })), [0, 0]);
  assert.deepEqual(flags(newLinkPayload({ name: "a", info, up: true })), [IFF.UP, IFF.UP]);
  assert.deepEqual(flags(linkChangesPayload(1, { mtu: 1400 })), [0, 0]);
  assert.deepEqual(flags(linkChangesPayload(1, { up: false })), [0, IFF.UP]);
});

Deno.test("a veth peer survives encoding: a link inside a link", () => {
  const peer = linkPayload.of({}, { name: "peer0", netnsFd: 5, info: undefined });
  const payload = newLinkPayload({ name: "veth0", info: { kind: "veth", veth: { peer } } });
  const decoded = linkPayload.decode(linkPayload.encode(payload), place);
  assert.deepEqual(decoded.attributes, {
    name: "veth0",
    info: { kind: "veth", veth: { peer: linkPayload.of({}, { name: "peer0", netnsFd: 5 }) } },
  });
});

Deno.test("linkInfo keeps the data of kinds it does not know", () => {
  const info = { kind: "wireguard", data: Uint8Array.of(1, 2, 3) };
  assert.deepEqual(linkInfo.decode(linkInfo.encode(info), place), info);
});

Deno.test("linkInfo writes and reads a bond", () => {
  const bond = {
    mode: 4,
    miimon: 100,
    arpIpTarget: [parseAddress("10.0.0.1"), parseAddress("10.0.0.2")],
    adLacpRate: 1,
  };
  const info = { kind: "bond", bond };
  assert.deepEqual(linkInfo.decode(linkInfo.encode(info), place), info);
});

Deno.test("linkInfo writes a VLAN's protocol big-endian", () => {
  const info = { kind: "vlan", vlan: { id: 100, protocol: 0x8100 } };
  assert.deepEqual([...linkInfo.encode(info).slice(-4)], [0x81, 0x00, 0, 0]);
  assert.deepEqual(linkInfo.decode(linkInfo.encode(info), place), info);
});

for (const bad of ["", ".", "..", "a b", "a/b", "a:b", "a\tb", "sixteen-bytes-ab", "ééééééééé"]) {
  Deno.test(`checkLinkName() refuses ${JSON.stringify(bad)}`, () => {
    assert.throws(() => checkLinkName(bad), RangeError);
  });
}

Deno.test("checkLinkName() takes what the kernel takes", () => {
  for (const name of ["e", "eth0.100", "fifteen-bytes-a", "v_1-2@x"]) assert.equal(checkLinkName(name), name);
});
