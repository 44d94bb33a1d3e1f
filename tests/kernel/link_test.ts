import assert from "node:assert/strict";
import { openNetns } from "../../net/host/mod.ts";
import { NetlinkError } from "../../net/netlink/mod.ts";
import { formatMac, parseMac } from "../../net/wire/mod.ts";
import { netnsTest, type TestNetns, TestNetns as Netns } from "../shared/netns.ts";

/** What `ip -d link show` tells about a link, as far as these tests look. */
interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  /** Left out where it is 0. */
  readonly txqlen?: number;
  readonly address: string;
  readonly link?: string;
  readonly link_netnsid?: number;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: { readonly mode?: string } };
}

function ipLinks(netns: TestNetns): Map<string, IpLink> {
  const links = netns.ip("link", "show") as IpLink[]; // the shape is that of iproute2; each test checks its fields
  return new Map(links.map((link) => [link.ifname, link]));
}

netnsTest("createVeth() makes a pair with names, MTU, addresses and queue lengths", (netns) => {
  using nl = netns.open();
  nl.createVeth({
    name: "veth0",
    mtu: 1400,
    address: parseMac("02:00:00:00:00:01"),
    txQueueLength: 0,
    peer: { name: "veth1", mtu: 1400, address: parseMac("02:00:00:00:00:02"), txQueueLength: 7 },
  });
  const [veth0, veth1] = ["veth0", "veth1"].map((name) => ipLinks(netns).get(name));
  assert.deepEqual([veth0?.linkinfo?.info_kind, veth0?.link, veth1?.link], ["veth", "veth1", "veth0"]);
  assert.deepEqual([veth0?.address, veth1?.address], ["02:00:00:00:00:01", "02:00:00:00:00:02"]);
  assert.deepEqual([veth0?.mtu, veth1?.mtu, veth0?.txqlen ?? 0, veth1?.txqlen], [1400, 1400, 0, 7]);
});

netnsTest("createVeth() puts the peer into another netns", (netns) => {
  using other = new Netns();
  using target = openNetns(other.path);
  using nl = netns.open();
  nl.createVeth({ name: "veth0", peer: { name: "host0", netns: target } });
  assert.equal(ipLinks(netns).has("host0"), false);
  assert.equal(ipLinks(other).get("host0")?.linkinfo?.info_kind, "veth");
  assert.equal(nl.linkByName("veth0").parentNetnsId, ipLinks(netns).get("veth0")?.link_netnsid);
  assert.equal(nl.linkByName("veth0").parentIndex, ipLinks(other).get("host0")?.ifindex);
});

for (const mode of ["private", "vepa", "bridge", "passthru"] as const) {
  netnsTest(`createMacvlan() of mode ${mode} in another netns`, (netns) => {
    using other = new Netns();
    using target = openNetns(other.path);
    using nl = netns.open();
    nl.createVeth({ name: "parent", up: true, peer: { name: "peer" } });
    nl.createMacvlan({ name: "eth0", parentIndex: nl.linkByName("parent").index, mode, netns: target, mtu: 1300 });
    const made = ipLinks(other).get("eth0");
    assert.deepEqual([made?.linkinfo?.info_kind, made?.linkinfo?.info_data?.mode, made?.mtu], ["macvlan", mode, 1300]);
    using inside = other.open();
    const link = inside.linkByName("eth0");
    assert.equal(link.info?.macvlan?.mode, { private: 1, vepa: 2, bridge: 4, passthru: 8 }[mode]);
    assert.equal(link.parentIndex, nl.linkByName("parent").index);
  });
}

netnsTest("links() tells what ip tells", (netns) => {
  using nl = netns.open();
  nl.createBridge({ name: "br0", up: true });
  nl.createVeth({ name: "v0", up: true, peer: { name: "v1" } });
  nl.changeLink(nl.linkByName("v1").index, { masterIndex: nl.linkByName("br0").index, up: true });
  const told = [...ipLinks(netns).values()];
  const master = (link: IpLink) => told.find((candidate) => candidate.ifname === link.master)?.ifindex;
  assert.deepEqual(
    nl.links().map(({ index, name, up, mtu, txQueueLength, address, kind, masterIndex }) => (
      { index, name, up, mtu, txQueueLength, address: formatMac(address), kind, masterIndex }
    )),
    told.map((link) => ({
      index: link.ifindex,
      name: link.ifname,
      up: link.flags.includes("UP"),
      mtu: link.mtu,
      txQueueLength: link.txqlen ?? 0,
      address: link.address,
      kind: link.linkinfo?.info_kind,
      masterIndex: master(link),
    })),
  );
  assert.equal(told.length, 4);
});

netnsTest("changeLink() changes name, MTU and address at once; up and down are switches", (netns) => {
  using nl = netns.open();
  nl.createVeth({ name: "a", peer: { name: "b" } });
  const { index } = nl.linkByName("a");
  nl.changeLink(index, { name: "c", mtu: 1200, address: parseMac("02:00:00:00:00:07"), txQueueLength: 5 });
  nl.setLinkUp(index);
  const link = ipLinks(netns).get("c");
  assert.deepEqual([link?.ifindex, link?.mtu, link?.address, link?.txqlen], [index, 1200, "02:00:00:00:00:07", 5]);
  assert.equal(link?.flags.includes("UP"), true);
  nl.setLinkDown(index);
  assert.equal(ipLinks(netns).get("c")?.flags.includes("UP"), false);
});

netnsTest("setLinkNetns() moves a link", (netns) => {
  using other = new Netns();
  using target = openNetns(other.path);
  using nl = netns.open();
  nl.createVeth({ name: "a", peer: { name: "b" } });
  nl.setLinkNetns(nl.linkByName("b").index, target);
  assert.equal(nl.tryLinkByName("b"), undefined);
  assert.equal(ipLinks(other).has("b"), true);
});

netnsTest("deleteLink() and deleteLinkByName() delete; a second time there is none", (netns) => {
  using nl = netns.open();
  nl.createVeth({ name: "a", peer: { name: "b" } });
  nl.createBridge({ name: "br0" });
  const bridge = nl.linkByName("br0").index;
  nl.deleteLink(bridge);
  assert.equal(nl.deleteLinkByName("a"), true);
  assert.deepEqual([...ipLinks(netns).keys()], ["lo"]);
  assert.equal(nl.deleteLinkByName("a"), false);
  assert.throws(() => nl.deleteLink(bridge), { name: "NetlinkError", code: "ENODEV", operation: "delete link" });
});

netnsTest("looking for links: by name, by index, and none", (netns) => {
  using nl = netns.open();
  assert.deepEqual(nl.linkByName("lo"), nl.linkByIndex(1));
  assert.equal(nl.tryLinkByName("nope"), undefined);
  assert.equal(nl.tryLinkByIndex(4711), undefined);
  assert.throws(() => nl.linkByName("nope"), { code: "ENODEV", message: 'Cannot find link "nope": ENODEV' });
});

netnsTest("errors carry operation, target, code and the kernel's words", (netns) => {
  using nl = netns.open();
  nl.createVeth({ name: "a", peer: { name: "b" } });
  assert.throws(() => nl.createVeth({ name: "a", peer: { name: "c" } }), {
    name: "NetlinkError",
    operation: "create veth link",
    target: '"a"',
    errno: 17,
    code: "EEXIST",
  });
  assert.throws(() => nl.createLink({ name: "d", info: { kind: "no-such-kind" } }), (error) => {
    assert.ok(error instanceof NetlinkError);
    assert.deepEqual([error.code, error.kernelMessage], ["EOPNOTSUPP", "Unknown device type"]);
    return true;
  });
  assert.throws(() => nl.changeLink(nl.linkByName("a").index, { mtu: 10 }), (error) => {
    assert.ok(error instanceof NetlinkError);
    assert.match(error.message, /^Cannot change link with index \d+ \(mtu\): EINVAL \(mtu less than device minimum\)$/);
    return true;
  });
});

netnsTest("a list longer than one datagram is whole", (netns) => {
  using nl = netns.open();
  const names = Array.from({ length: 120 }, (_, i) => `link${i}`);
  for (const name of names) nl.createBridge({ name });
  assert.deepEqual(nl.links().map(({ name }) => name), ["lo", ...names]);
});
