import { ETH_P } from "../../net/uapi/mod.ts";
import { assertInvalid } from "./assert_invalid.ts";
import { bond, bondVlan, eth1, eth2, planFor, type Scenario, vlan50, wholeBond } from "./plan_fixture.ts";

const token = /cannot have multiple different vlan interfaces with the same vlanId 50 on node at the same time/;
const refused: readonly (Scenario & { readonly name: string; readonly message: RegExp })[] = [
  {
    name: "plugins row 97: another parent has the id",
    conf: vlan50,
    node: [eth1, eth2, { name: "eth2.50", vlan: { on: "eth2", id: 50 } }],
    message: token,
  },
  {
    name: "plugins row 97: the id under another name, made by another tool",
    conf: vlan50,
    node: [eth1, { name: "storage", vlan: { on: "eth1", id: 50, protocol: ETH_P["8021AD"] } }],
    message: token,
  },
  {
    name: "plugins row 98: no parent",
    conf: vlan50,
    node: [eth2],
    message: /^Cannot make VLAN link eth1\.50: there is no link eth1 on this node$/,
  },
  {
    name: "plugins row 101: the name has another id",
    conf: vlan50,
    node: [eth1, { name: "eth1.50", vlan: { on: "eth1", id: 51 } }],
    message: /^Cannot use link eth1\.50 as VLAN 50: it has VLAN 51; remove or rename it$/,
  },
  {
    name: "plugins row 101: the name is another kind",
    conf: vlan50,
    node: [eth1, { name: "eth1.50", kind: "macvlan" }],
    message: /its kind is macvlan, not vlan/,
  },
  {
    name: "plugins row 101: the name is hardware",
    conf: vlan50,
    node: [eth1, { name: "eth1.50" }],
    message: /its kind is hardware, not vlan/,
  },
  {
    name: "the VLAN sits on another link",
    conf: vlan50,
    node: [eth1, eth2, { name: "eth1.50", vlan: { on: "eth2", id: 50 } }],
    message: /it sits on eth2, not on eth1/,
  },
  {
    name: "the VLAN's parent is in another netns, where it has the same index",
    conf: vlan50,
    node: [eth1, { name: "eth1.50", vlan: { on: "eth1", id: 50 }, isForeign: true }],
    message: /of another network namespace/,
  },
  {
    name: "the VLAN is one of 802.1ad",
    conf: vlan50,
    node: [eth1, { name: "eth1.50", vlan: { on: "eth1", id: 50, protocol: ETH_P["8021AD"] } }],
    message: /its protocol is not 802\.1Q/,
  },
  {
    name: "plugins row 108: the bond's name is another kind",
    conf: bond,
    node: [eth1, eth2, { name: "sp_bond0", kind: "bridge", up: false }],
    message: /^Cannot use link sp_bond0 as bond: its kind is bridge/,
  },
  {
    name: "the bond has another mode",
    conf: { ...bond, bond: { mode: 4 } },
    node: wholeBond,
    message: /its mode is 1 \(active-backup\), not 4 \(802\.3ad\)$/,
  },
  {
    name: "the bond has a further member, even while it is down",
    conf: bond,
    node: [{ name: "sp_bond0", bond: 1, up: false }, ...wholeBond.slice(1), { name: "eth3", master: "sp_bond0" }],
    message: /eth3 is part of it and not wanted$/,
  },
  {
    name: "a member is missing of a bond that is up",
    conf: bond,
    node: [...wholeBond.slice(0, 2), eth2],
    message: /eth2 is not part of it/,
  },
  {
    name: "plugins row 110: the second member is missing",
    conf: bond,
    node: [eth1],
    message: /^Cannot make bond sp_bond0: there is no link eth2 on this node$/,
  },
  {
    name: "a member is part of something else",
    conf: bond,
    node: [{ name: "br0", kind: "bridge" }, { ...eth1, master: "br0" }, eth2],
    message: /^Cannot add eth1 to bond sp_bond0: it is part of br0; it would be cut off$/,
  },
  {
    name: "a member has an address of the node",
    conf: bond,
    node: [eth1, { ...eth2, prefixes: ["fe80::1/64", "10.0.0.5/24"] }],
    message: /^Cannot add eth2 to bond sp_bond0: the node has the address 10\.0\.0\.5\/24 there/,
  },
  {
    name: "a member has a VLAN",
    conf: bond,
    node: [eth1, eth2, { name: "eth2.7", vlan: { on: "eth2", id: 7 } }],
    message: /^Cannot add eth2 to bond sp_bond0: eth2\.7 sits on it; it would be cut off$/,
  },
  {
    name: "a member has the node's default route",
    conf: bond,
    node: [eth1, { ...eth2, isDefault: true }],
    message: /a default route there/,
  },
  {
    name: "the id of the bond's VLAN is taken",
    conf: { ...bond, vlanID: 50 },
    node: [eth1, eth2, { name: "eth1.50", vlan: { on: "eth1", id: 50 } }],
    message: token,
  },
  {
    name: "the name of a new bond's VLAN is another kind",
    conf: bondVlan,
    node: [eth1, eth2, { name: "sp_bond0.100", kind: "dummy" }],
    message: /its kind is dummy, not vlan/,
  },
];
for (const { name, message, ...scenario } of refused) {
  Deno.test(`planIfacer() refuses: ${name}`, () => assertInvalid(() => planFor(scenario), message));
}
