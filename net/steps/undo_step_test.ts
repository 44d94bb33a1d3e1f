import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { formatStep } from "./format_step.ts";
import type { Step } from "./step.ts";
import { undoOf } from "./undo_step.ts";

const mac = parseMac("02:00:00:00:00:01");
const route = { destination: parsePrefix("10.0.0.0/8"), gateway: parseAddress("10.1.0.1"), link: "eth0", table: 101 };
const rule = { family: 4, source: parsePrefix("10.0.0.1/32"), table: 101 } as const;
const rules = { families: [4, 6], link: "veth0", mark: 1 } as const;
const end = { name: "veth0", address: mac, mtu: 1500 };

const cases: readonly { step: Step; want: string | undefined }[] = [
  { step: { do: "createVeth", place: "pod", end, peer: { ...end, name: "veth1" } }, want: "ip -n pod link del veth0" },
  {
    step: { do: "createVlan", place: "host", link: "eth1.50", parent: "eth1", id: 50 },
    want: "ip link del eth1.50",
  },
  {
    step: { do: "createBond", place: "host", link: "bond7", bond: { mode: 4, mtu: 1500, options: {} } },
    want: "ip link del bond7",
  },
  { step: { do: "activateMember", place: "host", link: "bond7", member: "eth1" }, want: undefined },
  {
    step: { do: "changeLink", place: "host", link: "eth1", to: { master: "bond7" }, from: { master: "" } },
    want: "ip link set eth1 nomaster",
  },
  { step: { do: "changeLink", place: "host", link: "eth1", to: { up: true }, from: {} }, want: undefined },
  { step: { do: "deleteLink", place: "host", link: "veth1" }, want: undefined },
  {
    step: { do: "changeLink", place: "pod", link: "eth0", to: { up: true, mtu: 9000 }, from: { up: false, mtu: 1500 } },
    want: "ip -n pod link set eth0 mtu 1500 down",
  },
  {
    step: { do: "addAddress", place: "pod", link: "eth0", prefix: parsePrefix("fd00::1/64") },
    want: "ip -n pod addr del fd00::1/64 dev eth0",
  },
  {
    step: { do: "deleteAddress", place: "pod", link: "eth0", prefix: parsePrefix("10.0.0.1/8") },
    want: "ip -n pod addr add 10.0.0.1/8 dev eth0",
  },
  {
    step: { do: "writeSysctl", place: "pod", key: "net/a", value: "1", from: "0" },
    want: "ip netns exec pod sysctl -w net/a=0",
  },
  { step: { do: "writeSysctl", place: "host", key: "net/a", value: "1", from: undefined }, want: undefined },
  {
    step: { do: "setNeighbor", place: "host", link: "eth0", destination: parseAddress("fd00::1"), lladdr: mac },
    want: "ip neigh del fd00::1 dev eth0",
  },
  {
    step: { do: "deleteNeighbor", place: "host", link: "eth0", destination: parseAddress("10.0.0.1"), lladdr: mac },
    want: "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent",
  },
  {
    step: {
      do: "deleteNeighbor",
      place: "host",
      link: "eth0",
      destination: parseAddress("10.0.0.1"),
      lladdr: undefined,
    },
    want: undefined,
  },
  {
    step: { do: "addRoute", place: "pod", route },
    want: "ip -n pod route del 10.0.0.0/8 via 10.1.0.1 dev eth0 table 101",
  },
  {
    step: { do: "replaceRoute", place: "host", route, from: { ...route, gateway: undefined } },
    want: "ip route replace 10.0.0.0/8 dev eth0 table 101",
  },
  {
    step: { do: "deleteRoute", place: "pod", route },
    want: "ip -n pod route append 10.0.0.0/8 via 10.1.0.1 dev eth0 table 101",
  },
  { step: { do: "addRule", place: "pod", rule }, want: "ip -n pod rule del from 10.0.0.1 lookup 101" },
  { step: { do: "addRule", place: "host", rule, shared: true }, want: undefined },
  { step: { do: "deleteRule", place: "pod", rule }, want: "ip -n pod rule add from 10.0.0.1 lookup 101" },
  {
    step: { do: "markConnections", place: "pod", rules },
    want: "ip netns exec pod nft: ip,ip6 spiderpool: delete table",
  },
  { step: { do: "unmarkConnections", place: "pod", rules }, want: undefined },
];
for (const { step, want } of cases) {
  Deno.test(`undoOf() \`${formatStep(step)}\` is ${want === undefined ? "nothing" : `\`${want}\``}`, () => {
    const undo = undoOf(step);
    assert.equal(undo === undefined ? undefined : formatStep(undo), want);
  });
}
