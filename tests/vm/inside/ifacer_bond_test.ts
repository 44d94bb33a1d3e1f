/** The plugin `ifacer` makes bonds on a real kernel: all modes and options, and what happens when the kernel refuses one. */
import assert from "node:assert/strict";
import { formatStep } from "../../../net/steps/mod.ts";
import { reaches } from "../../shared/coordinator_stage.ts";
import { IfacerStage, printed } from "../../shared/ifacer_stage.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { firstReason, needsCommand, testUnless } from "../../shared/skip.ts";

const members = ["eth1", "eth2"];
const BOND = "sp_bond0";

function bondTest(name: string, body: (stage: IfacerStage) => void | Promise<void>): void {
  testUnless(
    firstReason(needsLinkKind("bond"), needsLinkKind("vlan"), needsCommand("nsenter"), needsCommand("ping")),
    {
      name: `ifacer: ${name}`,
      async fn() {
        using stage = new IfacerStage();
        stage.addInterfaces(...members);
        await body(stage);
      },
    },
  );
}

/** What the kernel has of the bond. */
function bondOf(stage: IfacerStage, name: string = BOND) {
  const links = stage.links();
  const link = links.get(name);
  assert.ok(link, `there is no ${name}`);
  const members = [...links.values()].filter(({ master }) => master === name).map(({ ifname }) => ifname).sort();
  return { ...link, data: link.linkinfo?.info_data ?? {}, up: link.flags.includes("UP"), members };
}

/** What of the interfaces must be as it was. */
function stateOf(stage: IfacerStage) {
  return [...stage.links().values()].map(({ ifname, flags, mtu, address, master }) => {
    return { ifname, up: flags.includes("UP"), mtu, address, master };
  });
}

bondTest(
  "plugins rows 104 and 105: ADD makes a bond of mode 1 with its options; CHECK",
  async (stage) => {
    const conf = { interfaces: members, bond: { mode: 1, options: "primary=eth2;miimon=100" } };
    assert.deepEqual(printed(await stage.call("ADD", { conf })), { cniVersion: "1.0.0", dns: {} });
    const { data, up, members: got } = bondOf(stage);
    assert.deepEqual([data.mode, data.primary, data.miimon, up, got], ["active-backup", "eth2", 100, true, members]);
    assert.equal(printed(await stage.call("CHECK", { conf })), undefined);
    stage.node.ip("link", "set", BOND, "down");
    assert.deepEqual(stage.plan(conf).map(formatStep), ["ip link set sp_bond0 up"]);
  },
);

const names = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];
bondTest("bonds of every mode", (stage) => {
  names.forEach((name, mode) => {
    const conf = { interfaces: members, bond: { name: "bond7", mode } };
    stage.make(conf);
    const bond = bondOf(stage, "bond7");
    assert.deepEqual([bond.data.mode, bond.up, bond.members, stage.plan(conf)], [name, true, members, []]);
    stage.node.ip("link", "del", "bond7");
  });
});

/** An option as it is configured, and as ip(8) shows it. */
const shown: readonly (readonly [mode: number, options: string, want: Readonly<Record<string, unknown>>])[] = [
  [4, "miimon=100; lacp_rate=1", { miimon: 100, ad_lacp_rate: "fast" }], // row 106
  [2, "xmit_hash_policy=layer2+3", { xmit_hash_policy: "layer2+3" }], // row 107
  [1, "miimon=50;up_delay=100;downdelay=150", { miimon: 50, updelay: 100, downdelay: 150 }],
  [1, "miimon=50;peer_notif_delay=3", { num_peer_notif: 3 }],
  [1, "resend_igmp=7;all_slaves_active=1", { resend_igmp: 7, all_slaves_active: 1 }],
  [1, "primary=eth1;primary_reselect=failure", { primary: "eth1", primary_reselect: "failure" }],
  [1, "fail_over_mac=active", { fail_over_mac: "active" }],
  [
    1,
    'arp_interval=1000;arp_ip_target=["10.0.0.1","10.0.0.2"];arp_validate=all;arp_all_targets=all',
    { arp_interval: 1000, arp_ip_target: ["10.0.0.1", "10.0.0.2"], arp_validate: "all", arp_all_targets: "all" },
  ],
  [0, "packets_per_slave=0", { packets_per_slave: 0 }],
  [5, "tlb_dynamic_lb=0;lp_interval=10", { tlb_dynamic_lb: 0, lp_interval: 10 }],
  [
    4,
    "ad_select=count;ad_actor_sys_prio=1000;ad_user_port_key=5;ad_actor_system=02:00:00:00:00:05;min_links=2",
    {
      ad_select: "count",
      ad_actor_sys_prio: 1000,
      ad_user_port_key: 5,
      ad_actor_system: "02:00:00:00:00:05",
      min_links: 2,
    },
  ],
];
bondTest("plugins rows 106 and 107: the kernel has every option as it was given", (stage) => {
  for (const [mode, options, want] of shown) {
    stage.make({ interfaces: members, bond: { mode, options } });
    const { data } = bondOf(stage);
    const got = Object.fromEntries(Object.keys(want).map((key) => [key, data[key]]));
    assert.deepEqual(got, want, `${options}: ${JSON.stringify(data)}`);
    stage.node.ip("link", "del", BOND);
  }
});

bondTest("the active member is that which was asked for", (stage) => {
  assert.deepEqual(stage.make({ interfaces: members, bond: { mode: 1, options: "active_slave=eth2" } }), []);
  assert.equal(bondOf(stage).data.active_slave, "eth2");
});

bondTest("an active member without carrier is warned of, and the bond is made", (stage) => {
  stage.lan.ip("link", "set", "eth2", "down");
  const warnings = stage.make({ interfaces: members, bond: { mode: 1, options: "miimon=100;active_slave=eth2" } });
  assert.match(warnings.join("\n"), /^the kernel refused `ip link set sp_bond0 type bond active_slave eth2`: .*EINVAL/);
  assert.deepEqual([bondOf(stage).up, bondOf(stage).members], [true, members]);
});

bondTest(
  "plugins row 109: bond and VLAN, both up, with the members' MTU; packets flow and survive a failover",
  (stage) => {
    for (const name of members) {
      stage.node.ip("link", "set", name, "mtu", "9000");
      stage.lan.ip("link", "set", name, "mtu", "9000");
    }
    stage.lan.ip("link", "add", "br0", "mtu", "9000", "type", "bridge");
    for (const name of members) stage.lan.ip("link", "set", name, "master", "br0");
    stage.lan.ip("link", "add", "link", "br0", "name", "v100", "type", "vlan", "id", "100");
    stage.lan.ip("addr", "add", "10.100.0.1/24", "dev", "v100");
    for (const name of ["br0", "v100"]) stage.lan.ip("link", "set", name, "up");
    const conf = { interfaces: members, vlanID: 100, bond: { name: "bond7", mode: 1, options: "miimon=50" } };
    stage.make(conf);
    const links = ["bond7", "bond7.100"].map((name) => stage.links().get(name));
    assert.deepEqual(links.map((link) => [link?.mtu, link?.flags.includes("UP")]), [[9000, true], [9000, true]]);
    stage.node.ip("addr", "add", "10.100.0.2/24", "dev", "bond7.100");
    assert.ok(reaches(stage.node, "10.100.0.1", { size: 8900 }));
    stage.lan.ip("link", "set", String(bondOf(stage, "bond7").data.active_slave), "down");
    let tries = 0;
    while (!reaches(stage.node, "10.100.0.1") && tries++ < 10);
    assert.ok(tries < 10);
  },
);

bondTest("plugins row 108: a bond that others made is used as it is, or told to differ", (stage) => {
  stage.node.ip("link", "add", BOND, "type", "bond", "mode", "active-backup", "miimon", "77");
  for (const name of members) {
    stage.node.ip("link", "set", name, "down");
    stage.node.ip("link", "set", name, "master", BOND);
  }
  stage.make({ interfaces: members, bond: { mode: 1, options: "miimon=100" } });
  assert.deepEqual([bondOf(stage).up, bondOf(stage).data.miimon], [true, 77]);
  const differing = [
    [{ interfaces: members, bond: { mode: 4 } }, /its mode is 1 \(active-backup\), not 4/],
    [{ interfaces: ["eth1", "lo"], bond: { mode: 1 } }, /eth2 is part of it/],
    [{ interfaces: [...members, "lo"], bond: { mode: 1 } }, /lo is not part of it/],
    [{ interfaces: members, bond: { name: "other", mode: 1 } }, /eth1 to bond other: it is part of sp_bond0/],
  ] as const;
  for (const [conf, message] of differing) {
    assert.throws(() => stage.make(conf), { name: "CniError", code: 7, message });
  }
});

/** What the kernel refuses: at creation, with the first member, with the second. */
const refusals: readonly (readonly [conf: Readonly<Record<string, unknown>>, step: RegExp])[] = [
  [{ interfaces: members, bond: { mode: 0, options: "lacp_rate=fast" } }, /ip link add sp_bond0.* lacp_rate fast`/],
  [{ interfaces: ["lo", "eth1"], bond: { mode: 1 } }, /ip link set lo master sp_bond0`/],
  [{ interfaces: ["eth1", "lo"], bond: { mode: 1 } }, /ip link set lo master sp_bond0`/],
];
for (const [conf, message] of refusals) {
  bondTest(
    `what the kernel refuses of ${JSON.stringify(conf)} leaves nothing, and the interfaces as they were`,
    (stage) => {
      stage.node.ip("link", "set", "eth1", "mtu", "1400", "address", "02:00:00:00:00:01");
      const before = stateOf(stage);
      assert.throws(() => stage.make(conf), { name: "StepError", message });
      assert.deepEqual(stateOf(stage), before);
    },
  );
}

bondTest("plugins row 110: the second member is missing: no half bond is left", (stage) => {
  const before = stateOf(stage);
  const conf = { interfaces: ["eth1", "eth7"], bond: { mode: 1 } };
  assert.throws(() => stage.make(conf), { name: "CniError", code: 7, message: /there is no link eth7/ });
  assert.deepEqual(stateOf(stage), before);
});

bondTest(
  "ended before any step, the next ADD makes what is missing; a step that fails takes the others back",
  (stage) => {
    const conf = { interfaces: members, vlanID: 100, bond: { mode: 1, options: "miimon=100" } };
    const before = stateOf(stage);
    const steps = stage.plan(conf);
    assert.deepEqual(steps.map(formatStep), [
      "ip link add sp_bond0 mtu 1500 type bond mode active-backup miimon 100",
      ...members.flatMap((name) => [
        `ip link set ${name} down`,
        `ip link set ${name} master sp_bond0`,
        `ip link set ${name} up`,
      ]),
      "ip link set sp_bond0 up",
      "ip link add link sp_bond0 name sp_bond0.100 type vlan id 100",
      "ip link set sp_bond0.100 up",
    ]);
    for (let done = 0; done <= steps.length; done++) {
      stage.begin(steps.slice(0, done));
      stage.make(conf);
      const { data, up, members: got } = bondOf(stage);
      assert.deepEqual([data.miimon, up, got, stage.plan(conf)], [100, true, members, []], `ended after ${done} steps`);
      stage.node.ip("link", "del", BOND);
      for (const name of members) stage.node.ip("link", "set", name, "up");
    }
    for (let failing = 0; failing < steps.length; failing++) {
      let at = 0;
      const watcher = () => {
        if (at++ === failing) throw new Error("no more");
      };
      assert.throws(() => stage.make(conf, { watcher }), { name: "StepError", message: /: no more$/ });
      assert.deepEqual(stateOf(stage), before, `step ${failing}`);
    }
  },
);
