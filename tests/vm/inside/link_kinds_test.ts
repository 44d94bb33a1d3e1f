/** Links of kinds that many kernels lack: made by us and shown by ip(8), or made by ip(8) and read by us. */
import assert from "node:assert/strict";
import { openNetns } from "../../../net/host/mod.ts";
import { formatAddress } from "../../../net/ip/mod.ts";
import { isNetlinkError } from "../../../net/netlink/mod.ts";
import { ETH_P, IPVLAN_MODE } from "../../../net/uapi/mod.ts";
import { netnsTest, type TestNetns, TestNetns as Netns } from "../../shared/netns.ts";

/** What `ip -d link show` tells, as far as these tests look. */
interface IpLink {
  readonly link_netnsid?: number;
  readonly link?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

function ipLink(netns: TestNetns, name: string): IpLink {
  const [link] = netns.ip("link", "show", "dev", name) as IpLink[]; // the shape is that of iproute2; each test checks its fields
  assert.ok(link, `ip shows no link ${name}`);
  return link;
}

netnsTest("a dummy link shows its kind and takes addresses", (netns) => {
  netns.ip("link", "add", "d0", "type", "dummy");
  using nl = netns.open();
  const link = nl.linkByName("d0");
  assert.deepEqual([link.kind, link.parentIndex, link.up], ["dummy", undefined, false]);
});

for (const id of [1, 100, 4094]) {
  netnsTest(`createVlan() makes VLAN ${id}, as ip shows it`, (netns) => {
    netns.ip("link", "add", "d0", "up", "type", "dummy");
    using nl = netns.open();
    const parentIndex = nl.linkByName("d0").index;
    nl.createVlan({ name: "v0", parentIndex, id, up: true });
    const { link, linkinfo } = ipLink(netns, "v0");
    assert.deepEqual([link, linkinfo?.info_kind, linkinfo?.info_data?.id], ["d0", "vlan", id]);
    assert.equal(linkinfo?.info_data?.protocol, "802.1Q");
    const read = nl.linkByName("v0");
    assert.deepEqual([read.kind, read.info?.vlan?.id, read.info?.vlan?.protocol], ["vlan", id, ETH_P["8021Q"]]);
    assert.equal(read.parentIndex, parentIndex);
  });
}

for (const [mode, number] of [["l2", IPVLAN_MODE.L2], ["l3", IPVLAN_MODE.L3], ["l3s", IPVLAN_MODE.L3S]] as const) {
  netnsTest(`an ipvlan of mode ${mode} in another netns shows mode and parent`, (netns) => {
    using other = new Netns();
    using target = openNetns(other.path);
    netns.ip("link", "add", "d0", "type", "dummy");
    netns.ip("link", "add", "link", "d0", "name", "i0", "type", "ipvlan", "mode", mode, "bridge");
    using nl = netns.open();
    nl.setLinkNetns(nl.linkByName("i0").index, target);
    using inside = other.open();
    const link = inside.linkByName("i0");
    assert.deepEqual([link.kind, link.info?.ipvlan?.mode], ["ipvlan", number]);
    assert.equal(link.parentIndex, nl.linkByName("d0").index);
    assert.notEqual(link.parentNetnsId, undefined);
  });
}

netnsTest("a bond shows its mode, options and members as ip does", (netns) => {
  netns.ip("link", "add", "d0", "type", "dummy");
  const options = ["mode", "802.3ad", "miimon", "50", "lacp_rate", "fast", "xmit_hash_policy", "layer3+4"];
  netns.ip("link", "add", "b0", "type", "bond", ...options, "min_links", "1", "ad_actor_sys_prio", "7");
  netns.ip("link", "set", "d0", "master", "b0");
  using nl = netns.open();
  const bond = nl.linkByName("b0");
  const { mode, miimon, adLacpRate, xmitHashPolicy, minLinks, adActorSysPrio } = bond.info?.bond ?? {};
  assert.deepEqual([bond.kind, mode, miimon, adLacpRate, xmitHashPolicy], ["bond", 4, 50, 1, 1]);
  assert.deepEqual([minLinks, adActorSysPrio], [1, 7]);
  assert.deepEqual(nl.linkByName("d0").masterIndex, bond.index);
  const shown = ipLink(netns, "b0").linkinfo?.info_data;
  assert.deepEqual([shown?.mode, shown?.miimon, shown?.min_links], ["802.3ad", 50, 1]);
});

netnsTest("a bond shows its ARP targets", (netns) => {
  netns.ip("link", "add", "b0", "type", "bond", "mode", "active-backup", "arp_interval", "100");
  netns.ip("link", "set", "b0", "type", "bond", "arp_ip_target", "10.0.0.1,10.0.0.2");
  using nl = netns.open();
  const { arpInterval, arpIpTarget } = nl.linkByName("b0").info?.bond ?? {};
  assert.equal(arpInterval, 100);
  assert.deepEqual(arpIpTarget?.map(formatAddress), ["10.0.0.1", "10.0.0.2"]);
});

netnsTest("a vrf shows its kind and takes links", (netns) => {
  netns.ip("link", "add", "d0", "type", "dummy");
  netns.ip("link", "add", "vrf0", "up", "type", "vrf", "table", "77");
  netns.ip("link", "set", "d0", "master", "vrf0");
  using nl = netns.open();
  const vrf = nl.linkByName("vrf0");
  assert.equal(vrf.kind, "vrf");
  assert.equal(nl.linkByName("d0").masterIndex, vrf.index);
  assert.equal(nl.links().find(({ name }) => name === "d0")?.masterIndex, vrf.index);
});

netnsTest("createVlan() of 802.1ad, into another netns, and a second one of the same id", (netns) => {
  using other = new Netns();
  using target = openNetns(other.path);
  netns.ip("link", "add", "d0", "up", "type", "dummy");
  using nl = netns.open();
  const parentIndex = nl.linkByName("d0").index;
  nl.createVlan({ name: "v0", parentIndex, id: 7, protocol: ETH_P["8021AD"], netns: target, mtu: 1300 });
  const { linkinfo } = ipLink(other, "v0");
  assert.deepEqual([linkinfo?.info_data?.protocol, linkinfo?.info_data?.id], ["802.1ad", 7]);
  using inside = other.open();
  assert.deepEqual([inside.linkByName("v0").mtu, inside.linkByName("v0").parentIndex], [1300, parentIndex]);
  const again = () => nl.createVlan({ name: "v1", parentIndex, id: 7, protocol: ETH_P["8021AD"] });
  assert.throws(again, (err) => isNetlinkError(err, "EEXIST"));
});

netnsTest("createVlan() on a parent that is down is refused with ENETDOWN if it is to be up", (netns) => {
  netns.ip("link", "add", "d0", "type", "dummy");
  using nl = netns.open();
  const parentIndex = nl.linkByName("d0").index;
  assert.throws(
    () => nl.createVlan({ name: "v0", parentIndex, id: 7, up: true }),
    (err) => isNetlinkError(err, "ENETDOWN"),
  );
});
