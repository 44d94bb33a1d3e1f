import assert from "node:assert/strict";
import { assertInvalid } from "./assert_invalid.ts";
import { parseIfacerConf } from "./config.ts";
import type { IfacerSettings } from "./settings.ts";

type Conf = Readonly<Record<string, unknown>>;

function parse(json: Conf) {
  return parseIfacerConf({ cniVersion: "1.0.0", name: "net", json });
}

const plainBond = { members: ["eth1", "eth2"], mode: 0, primary: undefined, activeMember: undefined, options: {} };
const two = { interfaces: ["eth1", "eth2"] };

const cases: readonly { name: string; conf: Conf; want: IfacerSettings }[] = [
  { name: "one interface", conf: { interfaces: ["eth1"] }, want: { bond: undefined, vlan: undefined } },
  {
    name: "plugins row 93: the highest VLAN",
    conf: { interfaces: ["eth1"], vlanID: 4094 },
    want: { bond: undefined, vlan: { name: "eth1.4094", parent: "eth1", id: 4094 } },
  },
  {
    name: "keys in any letter case, null for absent",
    conf: { Interfaces: ["eth1"], vlanid: 7, bond: null },
    want: { bond: undefined, vlan: { name: "eth1.7", parent: "eth1", id: 7 } },
  },
  {
    name: "plugins row 104: a bond without name",
    conf: { ...two, bond: {} },
    want: { bond: { ...plainBond, name: "sp_bond0" }, vlan: undefined },
  },
  {
    name: "a bond with an empty name and options",
    conf: { ...two, bond: { name: "", mode: null, options: "" } },
    want: { bond: { ...plainBond, name: "sp_bond0" }, vlan: undefined },
  },
  {
    name: "a bond as SpiderMultusConfig renders it",
    conf: { ...two, vlanID: 40, bond: { name: "bond7", mode: 4, options: "miimon=100" } },
    want: {
      bond: { ...plainBond, name: "bond7", mode: 4, options: { miimon: 100 } },
      vlan: { name: "bond7.40", parent: "bond7", id: 40 },
    },
  },
  {
    name: "a mode by its name",
    conf: { ...two, bond: { mode: "802.3ad" } },
    want: { bond: { ...plainBond, name: "sp_bond0", mode: 4 }, vlan: undefined },
  },
  {
    name: "a mode as text",
    conf: { ...two, bond: { MODE: "6" } },
    want: { bond: { ...plainBond, name: "sp_bond0", mode: 6 }, vlan: undefined },
  },
];
for (const { name, conf, want } of cases) {
  Deno.test(`parseIfacerConf(): ${name}`, () => assert.deepEqual(parse(conf).settings, want));
}

const refused: readonly { name: string; conf: Conf; message: RegExp }[] = [
  { name: "plugins row 92: no interfaces", conf: { interfaces: [] }, message: /0 interfaces: there must be 1–64/ },
  { name: "plugins row 92: no key interfaces", conf: {}, message: /0 interfaces/ },
  { name: "too many interfaces", conf: { interfaces: Array(65).fill("e").map((e, i) => e + i) }, message: /65/ },
  { name: "plugins row 93: VLAN -1", conf: { interfaces: ["eth1"], vlanID: -1 }, message: /vlanID -1: .* 1–4094/ },
  { name: "plugins row 93: VLAN 4095", conf: { interfaces: ["eth1"], vlanID: 4095 }, message: /vlanID 4095/ },
  { name: "a VLAN that is text", conf: { interfaces: ["eth1"], vlanID: "50" }, message: /vlanID/ },
  { name: "an interface that is no text", conf: { interfaces: [7] }, message: /interfaces/ },
  { name: "an interface without name", conf: { interfaces: [""] }, message: /""/ },
  { name: "an interface that no link can be", conf: { interfaces: ["a/b"] }, message: /"a\/b"/ },
  {
    name: "plugins row 102: a VLAN name of 16 characters",
    conf: { interfaces: ["enp129s0f1np"], vlanID: 100 },
    message: /"enp129s0f1np.100": 16 bytes/,
  },
  {
    name: "plugins row 102: a VLAN name on a bond of 16 characters",
    conf: { ...two, vlanID: 4000, bond: { name: "bond_storag" } },
    message: /"bond_storag.4000": 16 bytes/,
  },
  {
    name: "plugins row 102: a bond's name of 16 characters",
    conf: { ...two, bond: { name: "b".repeat(16) } },
    message: /16 bytes/,
  },
  { name: "plugins row 103: two interfaces without bond", conf: two, message: /2 interfaces without a bond/ },
  { name: "plugins row 103: also with a VLAN", conf: { ...two, vlanID: 7 }, message: /without a bond/ },
  {
    name: "a bond of one interface",
    conf: { interfaces: ["eth1"], vlanID: 7, bond: { mode: 1 } },
    message: /bond of eth1 alone/,
  },
  { name: "an interface twice", conf: { interfaces: ["a", "b", "a"], bond: {} }, message: /a is named twice/ },
  { name: "a bond of itself", conf: { interfaces: ["a", "b"], bond: { name: "b" } }, message: /part of itself/ },
  {
    name: "plugins row 105: mode 7",
    conf: { ...two, bond: { mode: 7 } },
    message: /bond\.mode 7: .*6 \(balance-alb\)/,
  },
  { name: "mode -1", conf: { ...two, bond: { mode: -1 } }, message: /bond\.mode -1/ },
  { name: "mode 1.5", conf: { ...two, bond: { mode: 1.5 } }, message: /bond\.mode 1\.5/ },
  { name: "a mode nobody knows", conf: { ...two, bond: { mode: "lacp" } }, message: /bond\.mode "lacp"/ },
  { name: "a mode that is a list", conf: { ...two, bond: { mode: [1] } }, message: /bond\.mode \[1\]/ },
  { name: "a bond that is text", conf: { ...two, bond: "bond0" }, message: /bond/i },
  { name: "a wrong option", conf: { ...two, bond: { options: "miimon=fast" } }, message: /miimon=fast/ },
];
for (const { name, conf, message } of refused) {
  Deno.test(`parseIfacerConf() refuses: ${name}`, () => assertInvalid(() => parse(conf), message));
}

Deno.test("parseIfacerConf() warns of options that no bond has", () => {
  const { settings, warnings } = parse({ ...two, bond: { options: "colour=blue;miimon=1" } });
  assert.deepEqual([settings.bond?.options, warnings], [{ miimon: 1 }, ["ignored the unknown bond option colour"]]);
});
