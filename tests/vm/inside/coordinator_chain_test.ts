/** Main plugins of kinds that many kernels lack, our IPAM and the coordinator behind them. */
import { type ChainOptions, runChain } from "../../shared/coordinated_pods.ts";
import { needsNetns } from "../../shared/netns.ts";
import { firstReason, needsPath, testUnless } from "../../shared/skip.ts";
import { MAIN_PLUGINS } from "../../shared/stage.ts";

/** VLAN 50 on a machine's `eth0`. */
function makeVlan(ip: (...args: string[]) => string): void {
  ip("link", "add", "link", "eth0", "name", "eth0.50", "up", "type", "vlan", "id", "50");
}

const chains: readonly (ChainOptions & { readonly name: string; readonly mainPlugin: { readonly type: string } })[] = [
  { name: "ipvlan in mode l2", mainPlugin: { type: "ipvlan", master: "eth0", mode: "l2" } },
  // of a VLAN there is one link on a parent, so the machine's own addresses are elsewhere
  { name: "vlan", mainPlugin: { type: "vlan", master: "eth0", vlanId: 50 }, sharesSegment: false },
  {
    name: "macvlan over a VLAN",
    mainPlugin: { type: "macvlan", master: "eth0.50", mode: "bridge" },
    nodeLink: "eth0.50",
    prepare: makeVlan,
  },
  {
    name: "ifacer, macvlan",
    front: { type: "ifacer", interfaces: ["eth0"], vlanID: 50 },
    mainPlugin: { type: "macvlan", master: "eth0.50", mode: "bridge" },
    sharesSegment: false,
    linksLeft: 1, // the VLAN is the node's
  },
];
for (const { name, ...options } of chains) {
  const plugin = needsPath(`${MAIN_PLUGINS}/${options.mainPlugin.type}`, "Debian's containernetworking-plugins");
  testUnless(firstReason(needsNetns(), plugin), {
    name: `a chain of ${name} and coordinator: Pods, node and service address reach each other, and DEL leaves nothing`,
    fn: () => runChain(options),
  });
}
