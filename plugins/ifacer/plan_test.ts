import assert from "node:assert/strict";
import { formatStep } from "../../net/steps/mod.ts";
import { bond, bondVlan, eth1, eth2, planFor, type Scenario, vlan50, wholeBond } from "./plan_fixture.ts";

const createVlan = "ip link add link eth1 name eth1.50 type vlan id 50";
const createBond = "ip link add sp_bond0 mtu 1500 type bond mode active-backup miimon 100 primary eth2";
const add1 = ["ip link set eth1 down", "ip link set eth1 master sp_bond0", "ip link set eth1 up"];
const add2 = ["ip link set eth2 down", "ip link set eth2 master sp_bond0", "ip link set eth2 up"];
const bondUp = "ip link set sp_bond0 up";

const cases:
  readonly (Scenario & { readonly name: string; readonly want: readonly string[]; readonly activation?: string })[] = [
    {
      name: "plugins row 94: one interface without a VLAN needs nothing, not even the interface",
      conf: { interfaces: ["eth1"] },
      node: [],
      want: [],
    },
    {
      name: "plugins row 95: the parent is set up, then the VLAN is made and set up",
      conf: vlan50,
      node: [{ ...eth1, up: false }],
      want: ["ip link set eth1 up", createVlan, "ip link set eth1.50 up"],
    },
    {
      name: "plugins row 96: a VLAN that is down is set up, not made again",
      conf: vlan50,
      node: [eth1, { name: "eth1.50", up: false, vlan: { on: "eth1", id: 50 } }],
      want: ["ip link set eth1.50 up"],
    },
    {
      name: "a VLAN that is up needs nothing; others with other ids do not matter",
      conf: vlan50,
      node: [eth1, { name: "eth1.50", vlan: { on: "eth1", id: 50 } }, {
        name: "eth1.51",
        vlan: { on: "eth1", id: 51 },
      }],
      want: [],
    },
    {
      name: "a node's addresses do not keep a link from having VLANs",
      conf: vlan50,
      node: [{ ...eth1, prefixes: ["10.0.0.5/24"], isDefault: true }],
      want: [createVlan, "ip link set eth1.50 up"],
    },
    {
      name: "plugins row 104: two interfaces and a bond without name",
      conf: bond,
      node: [eth1, eth2],
      want: [createBond, ...add1, ...add2, bondUp],
    },
    {
      name: "the mode is 0 where none is given, the MTU the lowest; a link that is down need not be set down",
      conf: { interfaces: ["eth2", "eth1"], bond: { name: "bond7" } },
      node: [{ ...eth1, mtu: 8000, up: false }, { ...eth2, mtu: 9000, up: false }],
      want: [
        "ip link add bond7 mtu 8000 type bond mode balance-rr",
        "ip link set eth2 master bond7",
        "ip link set eth2 up",
        "ip link set eth1 master bond7",
        "ip link set eth1 up",
        "ip link set bond7 up",
      ],
    },
    {
      name: "link-local addresses do not keep a link from becoming a member",
      conf: bond,
      node: [{ ...eth1, prefixes: ["fe80::5/64"] }, eth2],
      want: [createBond, ...add1, ...add2, bondUp],
    },
    {
      name: "the active member is chosen at the end",
      conf: { interfaces: ["eth1", "eth2"], bond: { mode: 1, options: "active_slave=eth2" } },
      node: [eth1, eth2],
      want: ["ip link add sp_bond0 mtu 1500 type bond mode active-backup", ...add1, ...add2, bondUp],
      activation: "ip link set sp_bond0 type bond active_slave eth2",
    },
    { name: "plugins row 108: a bond that is up is used as it is", conf: bond, node: wholeBond, want: [] },
    {
      name: "plugins row 108: a bond that is down is set up",
      conf: bond,
      node: [{ name: "sp_bond0", bond: 1, up: false }, ...wholeBond.slice(1)],
      want: [bondUp],
    },
    {
      name: "a bond that a killed call left is completed: one member, the other set down",
      conf: bond,
      node: [{ name: "sp_bond0", bond: 1, up: false }, { name: "eth1", master: "sp_bond0" }, { ...eth2, up: false }],
      want: ["ip link set eth2 master sp_bond0", "ip link set eth2 up", bondUp],
    },
    {
      name: "plugins row 109: bond and VLAN on it, both up",
      conf: bondVlan,
      node: [eth1, eth2],
      want: [
        createBond,
        ...add1,
        ...add2,
        bondUp,
        "ip link add link sp_bond0 name sp_bond0.100 type vlan id 100",
        "ip link set sp_bond0.100 up",
      ],
    },
    {
      name: "the VLAN on a bond that is there",
      conf: bondVlan,
      node: wholeBond,
      want: ["ip link add link sp_bond0 name sp_bond0.100 type vlan id 100", "ip link set sp_bond0.100 up"],
    },
    {
      name: "bond and VLAN are there",
      conf: bondVlan,
      node: [...wholeBond, { name: "sp_bond0.100", vlan: { on: "sp_bond0", id: 100 } }],
      want: [],
    },
  ];
for (const { name, want, activation, ...scenario } of cases) {
  Deno.test(`planIfacer(): ${name}`, () => {
    const plan = planFor(scenario);
    assert.deepEqual(plan.steps.map(formatStep), want);
    assert.equal(plan.activation === undefined ? undefined : formatStep(plan.activation), activation);
  });
}
