/** The built plugin as a runtime calls it, where no VLAN and no bond is made: those need a kernel that has them. */
import assert from "node:assert/strict";
import { assertRefused, type IfacerCall, IfacerStage, printed } from "../shared/ifacer_stage.ts";
import { needsLackOf } from "../shared/link_kinds.ts";
import { needsNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";

function stageTest(name: string, body: (stage: IfacerStage) => Promise<void>, reason?: string): void {
  testUnless(firstReason(needsNetns(), needsCommand("nsenter"), reason), {
    name: `ifacer: ${name}`,
    async fn() {
      using stage = new IfacerStage();
      stage.addInterfaces("eth1", "eth2");
      await body(stage);
    },
  });
}

const nothing = { interfaces: ["eth1"] };
const vlan = { interfaces: ["eth1"], vlanID: 50 };
const bond = { interfaces: ["eth1", "eth2"], bond: { mode: 1 } };

for (const cniVersion of ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]) {
  stageTest(`plugins rows 94 and 112: an empty result of ${cniVersion}, no link`, async (stage) => {
    const result = printed(await stage.call("ADD", { conf: { ...nothing, cniVersion } }));
    assert.deepEqual(result, { cniVersion, dns: {} });
    assert.deepEqual(stage.names(), ["eth1", "eth2"]);
  });
}

stageTest("the result of the plugins before comes back whole", async (stage) => {
  const prevResult = { cniVersion: "1.0.0", ips: [{ address: "10.0.0.5/24" }], dns: {}, note: { any: "thing" } };
  assert.deepEqual(printed(await stage.call("ADD", { conf: { ...nothing, prevResult } })), prevResult);
});

stageTest("prevResult of another generation is refused before a link is made", async (stage) => {
  const conf = { ...vlan, prevResult: { cniVersion: "0.4.0", ips: [] } };
  assertRefused(await stage.call("ADD", { conf }), { code: 7, msg: /it is of version 0\.4\.0/ });
  assert.deepEqual(stage.names(), ["eth1", "eth2"]);
});

/** All that ip(8) shows of the links, without what tells of a carrier: the kernel finds that out in its own time. */
function stateOf(stage: IfacerStage): readonly unknown[] {
  const ofCarrier = ["NO-CARRIER", "LOWER_UP", "M-DOWN"];
  return [...stage.links().values()].map(({ flags, ...link }) => {
    return { ...link, operstate: undefined, flags: flags.filter((flag) => !ofCarrier.includes(flag)) };
  });
}

const refused: readonly { name: string; call: IfacerCall; code?: number; msg: RegExp }[] = [
  { name: "plugins row 92: no interface", call: { conf: { interfaces: [] } }, msg: /0 interfaces/ },
  { name: "plugins row 93: vlanID 4095", call: { conf: { ...vlan, vlanID: 4095 } }, msg: /vlanID 4095/ },
  { name: "plugins row 93: vlanID -1", call: { conf: { ...vlan, vlanID: -1 } }, msg: /vlanID -1/ },
  {
    name: "plugins row 98: no parent",
    call: { conf: { interfaces: ["eth7"], vlanID: 50 } },
    msg: /there is no link eth7/,
  },
  {
    name: "plugins row 101: another kind has the name",
    call: { conf: { interfaces: ["eth1"], vlanID: 50 } },
    msg: /its kind is bridge, not vlan/,
  },
  {
    name: "plugins row 102: a long name",
    call: { conf: { interfaces: ["abcdefghijkl"], vlanID: 100 } },
    msg: /16 bytes/,
  },
  {
    name: "plugins row 103: two interfaces without bond",
    call: { conf: { interfaces: ["eth1", "eth2"] } },
    msg: /without a bond/,
  },
  { name: "plugins row 105: mode 7", call: { conf: { ...bond, bond: { mode: 7 } } }, msg: /bond\.mode 7/ },
  {
    name: "plugins row 108: another kind has the bond's name",
    call: { conf: { ...bond, bond: { name: "eth1.50", mode: 1 } } },
    msg: /its kind is bridge/,
  },
  {
    name: "plugins row 110: the second member is missing",
    call: { conf: { ...bond, interfaces: ["eth1", "eth7"] } },
    msg: /there is no link eth7/,
  },
  { name: "a wrong type", call: { conf: { interfaces: "eth1" } }, msg: /interfaces/ },
  { name: "an argument nobody reads", call: { conf: vlan, env: { CNI_ARGS: "A=b=c" } }, msg: /its kind is bridge/ },
  { name: "no container ID", call: { conf: vlan, env: { CNI_CONTAINERID: "" } }, code: 4, msg: /CNI_CONTAINERID/ },
];
for (const { name, call, code = 7, msg } of refused) {
  stageTest(`${name} is refused, and nothing is changed`, async (stage) => {
    stage.node.ip("link", "add", "eth1.50", "type", "bridge");
    const before = stateOf(stage);
    assertRefused(await stage.call("ADD", call), { code, msg });
    assert.deepEqual(stateOf(stage), before);
  });
}

stageTest("a member with an address of the node is refused, and stays up", async (stage) => {
  stage.node.ip("addr", "add", "10.0.0.5/24", "dev", "eth2");
  assertRefused(await stage.call("ADD", { conf: bond }), { code: 7, msg: /eth2.* the address 10\.0\.0\.5\/24/ });
  assert.ok(stage.links().get("eth2")?.flags.includes("UP"));
});

stageTest("plugins row 111: DEL, GC and STATUS succeed whatever they are given", async (stage) => {
  stage.node.ip("link", "set", "eth1", "down");
  for (const conf of [vlan, bond, { interfaces: 7 }, { ...vlan, prevResult: [] }]) {
    assert.equal(printed(await stage.call("DEL", { conf, env: { CNI_NETNS: "" } })), undefined);
  }
  for (const verb of ["GC", "STATUS"]) {
    assert.equal(printed(await stage.call(verb, { conf: { ...vlan, cniVersion: "1.1.0" } })), undefined);
  }
  assert.ok(!stage.links().get("eth1")?.flags.includes("UP"));
});

stageTest("CHECK names what is missing; with nothing to make it succeeds", async (stage) => {
  const msg = /missing `ip link add link eth1 name eth1\.50 type vlan id 50`; missing `ip link set eth1\.50 up`$/;
  assertRefused(await stage.call("CHECK", { conf: vlan }), { code: 101, msg });
  assert.equal(printed(await stage.call("CHECK", { conf: nothing })), undefined);
  assert.deepEqual(stage.names(), ["eth1", "eth2"]);
});

stageTest("VERSION, and a call by hand", async (stage) => {
  const version = printed(await stage.call("VERSION", { conf: { cniVersion: "0.4.0" } }));
  const supportedVersions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
  assert.deepEqual(version, { cniVersion: "0.4.0", supportedVersions });
  const { code, stdout, stderr } = await stage.call("");
  assert.deepEqual([code, stdout, stderr.split("\n")[0]], [0, "", "Subvlan"]);
});

stageTest("a kernel without VLANs is told by its module; the parent stays up", async (stage) => {
  stage.node.ip("link", "set", "eth1", "down");
  assertRefused(await stage.call("ADD", { conf: vlan }), { code: 100, msg: /eth1\.50.*modprobe 8021q/ });
  assert.deepEqual([stage.names(), stage.links().get("eth1")?.flags.includes("UP")], [["eth1", "eth2"], true]);
}, needsLackOf("vlan"));

stageTest("a kernel without bonds is told by its module; the members stay up", async (stage) => {
  assertRefused(await stage.call("ADD", { conf: bond }), { code: 100, msg: /sp_bond0.*modprobe bonding/ });
  assert.deepEqual(["eth1", "eth2"].map((name) => stage.links().get(name)?.flags.includes("UP")), [true, true]);
}, needsLackOf("bond"));
