import assert from "node:assert/strict";
import { formatAddress, formatPrefix, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import type { RouteNetlink } from "../../net/netlink/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import { netnsTest, type TestNetns } from "../shared/netns.ts";

/** Makes an up link `eth0` with a peer and gives its index. */
function makeLink(nl: RouteNetlink): number {
  nl.createVeth({ name: "eth0", up: true, peer: { name: "peer0" } });
  nl.setLinkUp(nl.linkByName("peer0").index);
  return nl.linkByName("eth0").index;
}

interface IpAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly address?: string;
  readonly nodad?: boolean;
  readonly valid_life_time: number;
}

function ipAddresses(netns: TestNetns): IpAddress[] {
  const links = netns.ip("addr", "show", "dev", "eth0", "scope", "global") as { addr_info: IpAddress[] }[]; // iproute2's shape
  return links.flatMap((link) => link.addr_info).filter(({ local }) => local !== undefined); // it prints {} for others
}

const FOREVER = 0xffff_ffff;

netnsTest("addAddress() sets IPv4 with its broadcast address, and IPv6", (netns) => {
  using nl = netns.open();
  const index = makeLink(nl);
  nl.addAddress({ index, prefix: parsePrefix("10.0.0.5/24") });
  nl.addAddress({ index, prefix: parsePrefix("10.0.1.5/32") });
  nl.addAddress({
    index,
    prefix: parsePrefix("fd00::5/64"),
    flags: 0x02,
    validLifetimeS: 600,
    preferredLifetimeS: 300,
  });
  const told = ipAddresses(netns);
  assert.deepEqual(told.map(({ local, prefixlen, broadcast }) => [local, prefixlen, broadcast]), [
    ["10.0.0.5", 24, "10.0.0.255"],
    ["10.0.1.5", 32, undefined],
    ["fd00::5", 64, undefined],
  ]);
  assert.deepEqual(told.map(({ valid_life_time }) => valid_life_time === FOREVER), [true, true, false]);
  assert.equal(told[2]?.nodad, true);
});

netnsTest("addresses() tells what was set, by link and family", (netns) => {
  using nl = netns.open();
  const index = makeLink(nl);
  nl.addAddress({ index, prefix: parsePrefix("10.0.0.1/32"), peer: parseAddress("10.0.0.2") });
  nl.addAddress({ index, prefix: parsePrefix("fd00::5/64"), flags: 0x02 });
  nl.addAddress({ index: 1, prefix: parsePrefix("127.0.0.9/8") });
  const text = (filter: Parameters<RouteNetlink["addresses"]>[0]) =>
    nl.addresses(filter).filter(({ scope }) => scope === 0).map(({ prefix }) => formatPrefix(prefix));
  assert.deepEqual(text({ index }), ["10.0.0.1/32", "fd00::5/64"]);
  assert.deepEqual(text({ family: 4 }), ["127.0.0.9/8", "10.0.0.1/32"]);
  assert.deepEqual(text({ index, family: 6 }), ["fd00::5/64"]);
  const [withPeer] = nl.addresses({ index, family: 4 });
  assert.deepEqual(withPeer?.peer, parseAddress("10.0.0.2"));
});

netnsTest(
  "addAddress() again is EEXIST, replaceAddress() is not, deleteAddress() of none is EADDRNOTAVAIL",
  (netns) => {
    using nl = netns.open();
    const index = makeLink(nl);
    for (const prefix of [parsePrefix("10.0.0.5/24"), parsePrefix("fd00::5/64")]) {
      nl.addAddress({ index, prefix });
      assert.throws(() => nl.addAddress({ index, prefix }), { code: "EEXIST", operation: "add address" });
      nl.replaceAddress({ index, prefix, validLifetimeS: 600, preferredLifetimeS: 600 });
      assert.notEqual(ipAddresses(netns)[0]?.valid_life_time, FOREVER);
      nl.deleteAddress({ index, prefix });
      assert.deepEqual(ipAddresses(netns), []);
      assert.throws(() => nl.deleteAddress({ index, prefix }), { code: "EADDRNOTAVAIL" });
    }
  },
);

netnsTest("addresses() of a link that is not there is ENODEV", (netns) => {
  using nl = netns.open();
  assert.throws(() => nl.addresses({ index: 4711 }), { name: "NetlinkError", code: "ENODEV" });
});

interface IpNeighbor {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  readonly state: readonly string[];
}

netnsTest("neighbors: add, list, replace, delete", (netns) => {
  using nl = netns.open();
  const index = makeLink(nl);
  const told = () =>
    (netns.ip("neigh", "show", "nud", "permanent") as IpNeighbor[]) // iproute2's shape
      .map(({ dst, dev, lladdr, state }) => ({ dst, dev, lladdr, state }));
  for (const text of ["10.0.0.9", "fd00::9"]) {
    const destination = parseAddress(text);
    const [first, second] = [parseMac("02:00:00:00:00:09"), parseMac("02:00:00:00:00:0a")];
    nl.addNeighbor({ index, destination, lladdr: first });
    assert.deepEqual(told(), [{ dst: text, dev: "eth0", lladdr: "02:00:00:00:00:09", state: ["PERMANENT"] }]);
    assert.throws(() => nl.addNeighbor({ index, destination, lladdr: second }), { code: "EEXIST" });
    nl.replaceNeighbor({ index, destination, lladdr: second });
    const listed = nl.neighbors({ index }).filter((neighbor) => formatAddress(neighbor.destination) === text);
    assert.deepEqual(listed, [{ index, destination, lladdr: second, state: 0x80, flags: 0 }]);
    nl.deleteNeighbor({ index, destination });
    assert.deepEqual(told(), []);
    assert.throws(() => nl.deleteNeighbor({ index, destination }), { code: "ENOENT" });
  }
});
