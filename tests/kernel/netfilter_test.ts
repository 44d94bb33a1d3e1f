import assert from "node:assert/strict";
import { openNetfilter } from "../../net/nftables/mod.ts";
import { needsNetns, netnsTest, TestNetns } from "../shared/netns.ts";
import { runTool } from "../shared/run_tool.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";

netnsTest("markConnections() makes the rules anew, unmarkConnections() leaves nothing", (netns) => {
  using netfilter = netns.run(() => openNetfilter());
  const found = () => [netfilter.marksConnections(4), netfilter.marksConnections(6)];
  assert.deepEqual(found(), [false, false]);
  netfilter.markConnections([4], { link: "veth0", mark: 1 });
  assert.deepEqual(found(), [true, false]);
  netfilter.markConnections([4, 6], { link: "veth0", mark: 1 });
  assert.deepEqual(found(), [true, true]);
  netfilter.unmarkConnections([4, 6]);
  assert.deepEqual(found(), [false, false]);
  netfilter.unmarkConnections([4, 6]);
});

testUnless(firstReason(needsNetns(), needsCommand("nft")), {
  name: "markConnections() makes what nft prints so, in this order",
  fn() {
    using netns = new TestNetns();
    using netfilter = netns.run(() => openNetfilter());
    netfilter.markConnections([6], { link: "veth0", mark: 0x10 });
    const text = netns.run(() => runTool("nft", ["list", "table", "ip6", "spiderpool"]));
    const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && line !== "}");
    assert.deepEqual(lines, [
      "table ip6 spiderpool {",
      "chain prerouting {",
      "type filter hook prerouting priority mangle; policy accept;",
      'iifname "veth0" ct state new meta mark set meta mark | 0x00000010',
      "meta mark & 0x00000010 != 0x00000000 ct mark set ct mark | 0x00000010",
      "chain output {",
      "type route hook output priority mangle; policy accept;",
      "ct mark & 0x00000010 != 0x00000000 meta mark set meta mark | 0x00000010",
    ]);
  },
});
