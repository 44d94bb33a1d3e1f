/** The network of nodes whose Pods are on VLANs: a trunk, and a router with an address on each of its segments. */
import { withNetns } from "../../net/host/mod.ts";
import type { LanNode } from "../shared/lan.ts";
import { runTool } from "../shared/run_tool.ts";
import { segments } from "./chain_networks.ts";

/** Service addresses, which each node answers for its own Pods. */
export const SERVICES = ["10.96.0.1", "fd00:96::1"];

/** Addresses of the router on the nodes' own network, which has no tag. */
const ROUTER = ["10.10.0.254", "fd00:10::254"];

/** Addresses of node `index`, counted from 0. */
export function nodeAddresses(index: number): readonly string[] {
  return [`10.10.0.${11 + index}`, `fd00:10::${11 + index}`];
}

/**
 * Gives the nodes addresses on their `eth0`, and service addresses where kube-proxy has them; and makes a router of the bridge
 * `br0` that joins them.
 *
 * @param hub name of the network namespace with the bridge
 */
export function wireTrunk(nodes: readonly LanNode[], hub: string): void {
  makeRouter(hub);
  nodes.forEach(({ netns }, i) => {
    const ip = ipIn(netns);
    addAddresses(ip, "eth0", nodeAddresses(i).map((address) => `${address}/${address.includes(":") ? 64 : 24}`));
    for (const gateway of ROUTER) ip(gateway.includes(":") ? "-6" : "-4", "route", "add", "default", "via", gateway);
    ip("link", "add", "kube-ipvs0", "up", "type", "bridge");
    addAddresses(ip, "kube-ipvs0", SERVICES);
  });
}

function makeRouter(hub: string): void {
  const ip = ipIn(hub);
  addAddresses(ip, "br0", ROUTER.map((address) => `${address}/${address.includes(":") ? 64 : 24}`));
  for (const { vlanId, router } of segments) {
    const link = `br0.${vlanId}`;
    ip("link", "add", "link", "br0", "name", link, "up", "type", "vlan", "id", String(vlanId));
    addAddresses(ip, link, router);
  }
  withNetns(`/var/run/netns/${hub}`, () => {
    for (const name of ["ipv4/ip_forward", "ipv6/conf/all/forwarding"]) {
      Deno.writeTextFileSync(`/proc/sys/net/${name}`, "1");
    }
  });
}

type Ip = (...args: readonly string[]) => string;

function ipIn(netns: string): Ip {
  return (...args) => runTool("ip", ["-n", netns, ...args]);
}

function addAddresses(ip: Ip, link: string, addresses: readonly string[]): void {
  for (const address of addresses) {
    ip("addr", "add", address, "dev", link, ...(address.includes(":") ? ["nodad"] : [])); // usable at once
  }
}
