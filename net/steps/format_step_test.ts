import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { formatStep } from "./format_step.ts";
import type { Step } from "./step.ts";

const mac = parseMac("02:00:00:00:00:01");
const route = { destination: parsePrefix("10.0.0.0/8"), gateway: parseAddress("10.1.0.1"), link: "eth0", table: 101 };
const rule = { family: 4, source: parsePrefix("10.0.0.1/32"), table: 101 } as const;
const end = { name: "veth0", address: mac, mtu: 1500 };
const [host, pod] = [{ place: "host" }, { place: "pod" }] as const;

const cases: readonly { step: Step; want: string }[] = [
  {
    step: { ...pod, do: "createVeth", end, peer: { ...end, name: "veth1" } },
    want: "ip -n pod link add veth0 address 02:00:00:00:00:01 mtu 1500 " +
      "type veth peer name veth1 address 02:00:00:00:00:01 mtu 1500 netns host",
  },
  {
    step: { ...host, do: "createVlan", link: "eth1.50", parent: "eth1", id: 50 },
    want: "ip link add link eth1 name eth1.50 type vlan id 50",
  },
  {
    step: { ...host, do: "createBond", link: "bond7", bond: { mode: 4, mtu: 1500, options: {} } },
    want: "ip link add bond7 mtu 1500 type bond mode 802.3ad",
  },
  {
    step: { ...host, do: "activateMember", link: "bond7", member: "eth1" },
    want: "ip link set bond7 type bond active_slave eth1",
  },
  { step: { ...host, do: "deleteLink", link: "veth1" }, want: "ip link del veth1" },
  {
    step: { ...pod, do: "changeLink", link: "eth0", to: { up: false, mtu: 1500, txQueueLength: 7 }, from: {} },
    want: "ip -n pod link set eth0 mtu 1500 txqueuelen 7 down",
  },
  {
    step: { ...host, do: "changeLink", link: "eth1", to: { master: "bond7", address: mac, up: true }, from: {} },
    want: "ip link set eth1 address 02:00:00:00:00:01 master bond7 up",
  },
  {
    step: { ...host, do: "changeLink", link: "eth1", to: { master: "" }, from: {} },
    want: "ip link set eth1 nomaster",
  },
  {
    step: { ...pod, do: "addAddress", link: "eth0", prefix: parsePrefix("fd00::1/64") },
    want: "ip -n pod addr add fd00::1/64 dev eth0",
  },
  {
    step: { ...pod, do: "writeSysctl", key: "net/a", value: "1", from: "0" },
    want: "ip netns exec pod sysctl -w net/a=1",
  },
  { step: { ...host, do: "writeSysctl", key: "net/a", value: "1", from: undefined }, want: "sysctl -w net/a=1" },
  {
    step: { ...host, do: "setNeighbor", link: "eth0", destination: parseAddress("fd00::1"), lladdr: mac },
    want: "ip neigh replace fd00::1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent",
  },
  {
    step: { ...host, do: "deleteNeighbor", link: "eth0", destination: parseAddress("10.0.0.1") },
    want: "ip neigh del 10.0.0.1 dev eth0",
  },
  { step: { ...pod, do: "addRoute", route }, want: "ip -n pod route add 10.0.0.0/8 via 10.1.0.1 dev eth0 table 101" },
  {
    step: { ...pod, do: "addRoute", route: { ...route, priority: 7 }, append: true },
    want: "ip -n pod route append 10.0.0.0/8 via 10.1.0.1 dev eth0 metric 7 table 101",
  },
  {
    step: { ...host, do: "replaceRoute", route: { ...route, gateway: undefined } },
    want: "ip route replace 10.0.0.0/8 dev eth0 table 101",
  },
  {
    step: { ...pod, do: "deleteRoute", route: { ...route, destination: parsePrefix("0.0.0.0/0"), table: 254 } },
    want: "ip -n pod route del default via 10.1.0.1 dev eth0",
  },
  { step: { ...pod, do: "addRule", rule }, want: "ip -n pod rule add from 10.0.0.1 lookup 101" },
  {
    step: { ...host, do: "addRule", rule: { family: 6, mark: 1, mask: 1, priority: 1000, table: 100 } },
    want: "ip -6 rule add from all fwmark 0x1/0x1 pref 1000 lookup 100",
  },
  {
    step: { ...pod, do: "markConnections", rules: { families: [4, 6], link: "veth0", mark: 1 } },
    want: "ip netns exec pod nft: ip,ip6 spiderpool: mark connections in by veth0 with 0x1",
  },
];
for (const { step, want } of cases) {
  Deno.test(`formatStep() writes \`${want}\``, () => assert.equal(formatStep(step), want));
}
