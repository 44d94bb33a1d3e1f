/** The plugin `ifacer` makes VLAN sub-interfaces on a real kernel; Pods that share one reach their segment. */
import assert from "node:assert/strict";
import { reaches } from "../../shared/coordinator_stage.ts";
import { IfacerStage, printed } from "../../shared/ifacer_stage.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { firstReason, needsCommand, testUnless } from "../../shared/skip.ts";

const vlan = { interfaces: ["eth1"], vlanID: 50 };

function vlanTest(name: string, body: (stage: IfacerStage) => void | Promise<void>): void {
  testUnless(firstReason(needsLinkKind("vlan"), needsCommand("nsenter"), needsCommand("ping")), {
    name: `ifacer: ${name}`,
    async fn() {
      using stage = new IfacerStage();
      stage.addInterfaces("eth1", "eth2");
      await body(stage);
    },
  });
}

function addVlan(
  { node }: IfacerStage,
  { parent = "eth1", id = 50, name = "eth1.50" }: { parent?: string; id?: number; name?: string } = {},
): void {
  node.ip("link", "add", "link", parent, "name", name, "type", "vlan", "id", String(id));
}

vlanTest(
  "plugins rows 95 and 111: ADD sets the parent up and makes the VLAN; CHECK; DEL leaves it",
  async (stage) => {
    stage.node.ip("link", "set", "eth1", "down", "mtu", "1400");
    assert.deepEqual(printed(await stage.call("ADD", { conf: vlan })), { cniVersion: "1.0.0", dns: {} });
    const { link, mtu, flags, linkinfo } = stage.links().get("eth1.50") ?? {};
    assert.deepEqual([link, mtu, flags?.includes("UP"), linkinfo?.info_kind], ["eth1", 1400, true, "vlan"]);
    assert.deepEqual([linkinfo?.info_data?.id, linkinfo?.info_data?.protocol], [50, "802.1Q"]);
    assert.ok(stage.links().get("eth1")?.flags.includes("UP"));
    assert.equal(printed(await stage.call("CHECK", { conf: vlan })), undefined);
    assert.equal(printed(await stage.call("DEL", { conf: vlan })), undefined);
    assert.deepEqual(stage.names(), ["eth1", "eth1.50", "eth2"]);
  },
);

vlanTest("plugins row 96: a VLAN that is down is set up and stays the same link", (stage) => {
  addVlan(stage);
  const { address } = stage.links().get("eth1.50") ?? {};
  stage.make(vlan);
  const after = stage.links().get("eth1.50");
  assert.deepEqual([after?.address, after?.flags.includes("UP")], [address, true]);
  assert.deepEqual(stage.plan(vlan), []);
});

vlanTest("plugins row 97: a VLAN of the same id elsewhere on the node", (stage) => {
  addVlan(stage, { parent: "eth2", name: "storage" });
  const message =
    /storage has it; cannot have multiple different vlan interfaces with the same vlanId 50 on node at the/;
  assert.throws(() => stage.make(vlan), { name: "CniError", code: 7, message });
  assert.deepEqual(stage.names(), ["eth1", "eth2", "storage"]);
});

vlanTest("plugins row 101: the name has another id, another parent, another kind", (stage) => {
  const makers: readonly (readonly [make: () => void, message: RegExp])[] = [
    [() => addVlan(stage, { id: 51 }), /it has VLAN 51/],
    [() => addVlan(stage, { parent: "eth2" }), /it sits on eth2, not on eth1/],
    [() => stage.node.ip("link", "add", "eth1.50", "type", "dummy"), /its kind is dummy/],
    [
      () =>
        stage.node.ip("link", "add", "link", "eth1", "name", "eth1.50", "type", "vlan", "proto", "802.1ad", "id", "50"),
      /its protocol is not 802\.1Q/,
    ],
  ];
  for (const [make, message] of makers) {
    make();
    assert.throws(() => stage.make(vlan), { name: "CniError", code: 7, message });
    stage.node.ip("link", "del", "eth1.50");
  }
});

vlanTest("a VLAN that a Pod holds is told, and nothing is left", (stage) => {
  addVlan(stage, { name: "held" });
  stage.node.ip("link", "set", "held", "netns", stage.pod.name);
  assert.throws(() => stage.make(vlan), {
    name: "CniError",
    code: 100,
    message: /eth1 has VLAN 50 already.*a Pod holds it/,
  });
  assert.deepEqual(stage.names(), ["eth1", "eth2"]);
});

vlanTest("an interface that cannot carry VLANs is told", (stage) => {
  const message = /modprobe 8021q\), or name another interface/;
  assert.throws(() => stage.make({ interfaces: ["lo"], vlanID: 50 }), { name: "CniError", code: 100, message });
});

vlanTest("two Pods share the VLAN link and reach their segment by it", (stage) => {
  stage.lan.ip("link", "add", "link", "eth1", "name", "v50", "type", "vlan", "id", "50");
  stage.lan.ip("addr", "add", "10.50.0.1/24", "dev", "v50");
  stage.lan.ip("link", "set", "v50", "up");
  for (const pod of ["a", "b"]) {
    stage.make(vlan);
    stage.node.ip("link", "add", "link", "eth1.50", "name", "mv", "type", "macvlan", "mode", "bridge");
    stage.node.ip("link", "set", "mv", "netns", stage.pod.name, "name", `mv-${pod}`);
  }
  stage.pod.ip("addr", "add", "10.50.0.2/24", "dev", "mv-a");
  stage.pod.ip("link", "set", "mv-a", "up");
  assert.ok(reaches(stage.pod, "10.50.0.1"));
  stage.pod.ip("link", "del", "mv-b");
  assert.ok(reaches(stage.pod, "10.50.0.1"));
});

vlanTest(
  "ended before any step, the next ADD makes what is missing; a step that fails takes the others back",
  (stage) => {
    stage.node.ip("link", "set", "eth1", "down");
    const steps = stage.plan(vlan);
    assert.equal(steps.length, 3);
    for (let done = 0; done <= steps.length; done++) {
      stage.begin(steps.slice(0, done));
      stage.make(vlan);
      assert.deepEqual([stage.plan(vlan), stage.names()], [[], ["eth1", "eth1.50", "eth2"]]);
      stage.node.ip("link", "del", "eth1.50");
      stage.node.ip("link", "set", "eth1", "down");
    }
    for (let failing = 0; failing < steps.length; failing++) {
      let at = 0;
      const watcher = () => {
        if (at++ === failing) throw new Error("no more");
      };
      assert.throws(() => stage.make(vlan, { watcher }), { name: "StepError", message: /: no more$/ });
      assert.deepEqual(stage.names(), ["eth1", "eth2"]);
      stage.node.ip("link", "set", "eth1", "down"); // it stayed up: others may count on it
    }
  },
);
