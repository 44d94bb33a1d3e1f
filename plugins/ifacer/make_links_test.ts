import assert from "node:assert/strict";
import { ETH_P } from "../../net/uapi/mod.ts";
import { parseIfacerConf } from "./config.ts";
import { type FakeCreation, type FakeLink, FakeNode } from "./fake_node.ts";
import { isMade, makeLinks } from "./make_links.ts";

const vlan = { interfaces: ["eth1"], vlanID: 50 };
const bond = { interfaces: ["eth1", "eth2"], bond: { mode: 1 } };
const eths: readonly FakeLink[] = [{ name: "eth1", mtu: 1500 }, { name: "eth2", mtu: 1500 }];
const same: FakeLink = {
  name: "eth1.50",
  parentIndex: 1,
  info: { kind: "vlan", vlan: { id: 50, protocol: ETH_P["8021Q"] } },
};

function make(node: FakeNode, conf: object): void {
  const { settings } = parseIfacerConf({ cniVersion: "1.0.0", name: "net", json: conf });
  makeLinks(node.netns, settings, { warn: assert.fail });
}

const made: readonly { name: string; conf: object; creations: readonly FakeCreation[]; want: readonly string[] }[] = [
  { name: "a VLAN", conf: vlan, creations: [], want: ["eth1", "eth2", "eth1.50"] },
  { name: "a bond", conf: bond, creations: [], want: ["eth1", "eth2", "sp_bond0"] },
  {
    name: "a VLAN that somebody else makes at the same moment",
    conf: vlan,
    creations: [{ code: "EEXIST", appears: same }],
    want: ["eth1", "eth2", "eth1.50"],
  },
  {
    name: "a bond that somebody else makes at the same moment, empty and down",
    conf: bond,
    creations: [{ code: "EEXIST", appears: { name: "sp_bond0", info: { kind: "bond", bond: { mode: 1 } } } }],
    want: ["eth1", "eth2", "sp_bond0"],
  },
];
for (const { name, conf, creations, want } of made) {
  Deno.test(`makeLinks() makes ${name}; once more it makes nothing`, () => {
    using node = new FakeNode(eths, creations);
    make(node, conf);
    make(node, conf);
    assert.deepEqual([node.names, node.created], [want, 1]);
  });
}

Deno.test("isMade() is told by what is there, and by nothing that does not fit", () => {
  const { settings } = parseIfacerConf({ cniVersion: "1.0.0", name: "net", json: vlan });
  const nodes: readonly (readonly FakeLink[])[] = [eths, [...eths, same], [], [...eths, { ...same, name: "storage" }]];
  for (const links of nodes) {
    using node = new FakeNode(links);
    assert.equal(isMade(node.netns, settings), false);
  }
  using node = new FakeNode(eths);
  make(node, vlan);
  assert.equal(isMade(node.netns, settings), true);
});

const refused: readonly {
  name: string;
  conf: object;
  creations: readonly FakeCreation[];
  error: object;
  created?: number;
}[] = [
  {
    name: "another kind appears under the name",
    conf: vlan,
    creations: [{ code: "EEXIST", appears: { name: "eth1.50", info: { kind: "dummy" } } }],
    error: { name: "CniError", code: 7, message: /its kind is dummy, not vlan/ },
  },
  {
    name: "the id appears on another link",
    conf: vlan,
    creations: [{ code: "EEXIST", appears: { ...same, name: "storage" } }],
    error: { name: "CniError", code: 7, message: /storage has it; cannot have multiple different vlan interfaces/ },
  },
  {
    name: "a VLAN that exists and is not seen",
    conf: vlan,
    creations: [{ code: "EEXIST" }],
    error: { name: "CniError", code: 100, message: /^Cannot make VLAN link eth1\.50: eth1 has VLAN 50 already/ },
    created: 5,
  },
  {
    name: "a kernel without VLANs",
    conf: vlan,
    creations: [{ code: "EOPNOTSUPP" }],
    error: { name: "CniError", code: 100, message: /modprobe 8021q/, details: /type vlan id 50`: .*EOPNOTSUPP/ },
  },
  {
    name: "a kernel without bonds",
    conf: bond,
    creations: [{ code: "EOPNOTSUPP" }],
    error: { name: "CniError", code: 100, message: /modprobe bonding/ },
  },
  {
    name: "whatever else the kernel has against it",
    conf: vlan,
    creations: [{ code: "ENOMEM" }],
    error: { name: "StepError", message: /^Cannot do `ip link add link eth1 name eth1\.50 type vlan id 50`: .*ENOMEM/ },
  },
];
for (const { name, conf, creations, error, created = 1 } of refused) {
  Deno.test(`makeLinks() refuses: ${name}`, () => {
    using node = new FakeNode(eths, creations);
    assert.throws(() => make(node, conf), error);
    assert.equal(node.created, created);
  });
}
