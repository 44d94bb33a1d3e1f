/** The specification's topologies with links of kinds that many kernels lack: what ip shows, and packets that flow. */
import assert from "node:assert/strict";
import { formatStep } from "../../../net/steps/mod.ts";
import { hostVethName } from "../../../plugins/coordinator/names.ts";
import { stageTest } from "../../kernel/coordinator_case.ts";
import {
  type CoordinatorStage,
  ipText,
  type MainLink,
  reaches,
  type StagedPod,
} from "../../shared/coordinator_stage.ts";

/** A type of link, and what the node and the segment need for it. */
interface Kind {
  readonly name: string;
  readonly type: readonly string[];
  readonly parent: string;
  readonly prepare?: (stage: CoordinatorStage) => void;
}

/** VLAN 50 of `ens5`: the addresses of the node and of the router are there, not on the untagged segment. */
function moveToVlan({ node, lans: [lan] }: CoordinatorStage): void {
  const ends = [
    { netns: node, link: "ens5", prefixes: ["172.22.16.11/20", "fd22:16::11/64"] },
    { netns: lan, link: "port", prefixes: ["172.22.16.1/20", "fd22:16::1/64"] },
  ];
  for (const { netns, link, prefixes } of ends) {
    netns.ip("link", "add", "link", link, "name", `${link}.50`, "up", "type", "vlan", "id", "50");
    for (const prefix of prefixes) {
      netns.ip("addr", "del", prefix, "dev", link);
      netns.ip("addr", "add", prefix, "dev", `${link}.50`, ...(prefix.includes(":") ? ["nodad"] : []));
    }
  }
  node.ip("route", "replace", "default", "via", "172.22.16.1");
  node.ip("-6", "route", "replace", "default", "via", "fd22:16::1");
}

const kinds: readonly Kind[] = [
  { name: "ipvlan in mode l2", type: ["ipvlan", "mode", "l2"], parent: "ens5" },
  { name: "macvlan over a VLAN", type: ["macvlan", "mode", "bridge"], parent: "ens5.50", prepare: moveToVlan },
  { name: "ipvlan over a VLAN", type: ["ipvlan", "mode", "l2"], parent: "ens5.50", prepare: moveToVlan },
];

function addEth0(stage: CoordinatorStage, { type, parent, prepare }: Kind): StagedPod {
  prepare?.(stage);
  const pod = stage.addPod("5f1c9a7be20d44aa91");
  const prefixes = ["172.22.17.50/20", "fd22:16::1750/64"];
  const gateways = ["172.22.16.1", "fd22:16::1"];
  stage.addLink(pod, { name: "eth0", type, parent, prefixes, gateways });
  return pod;
}

/** Nothing is left to do for the link. */
function assertConverged(stage: CoordinatorStage, pod: StagedPod, ifname: string): void {
  assert.deepEqual(stage.plan(pod, { ifname }).steps.map(({ step }) => formatStep(step)), []);
}

for (const kind of kinds) {
  stageTest(`underlay, first link, dual stack, ${kind.name}: what ip shows, and packets flow`, (stage) => {
    const pod = addEth0(stage, kind);
    stage.coordinate(pod);
    const { netns } = pod;
    assert.deepEqual(ipText(netns, "route").sort(), [
      "10.150.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "10.160.0.0/16 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "10.77.0.11 dev veth0 scope link src 172.22.17.50",
      "169.254.25.0/24 via 172.22.16.11 dev veth0 src 172.22.17.50",
      "172.22.16.0/20 dev eth0 proto kernel scope link src 172.22.17.50",
      "172.22.16.11 dev veth0 scope link src 172.22.17.50",
      "default via 172.22.16.1 dev eth0",
    ]);
    const veth = hostVethName(pod.containerId);
    const hostRoutes = ipText(stage.node, "route", "show", "table", "500");
    assert.deepEqual(hostRoutes, [`172.22.17.50 dev ${veth} scope link`]);
    for (const address of ["172.22.16.11", "10.77.0.11", "fd22:16::11", "10.150.0.1", "172.22.16.1", "fd22:16::1"]) {
      assert.ok(reaches(netns, address), `no answer from ${address}`);
    }
    assert.ok(reaches(stage.node, "172.22.17.50"));
    assert.ok(reaches(stage.node, "fd22:16::1750"));
    assert.ok(reaches(stage.lans[0], "172.22.17.50", { from: "198.51.100.1" }));
    assertConverged(stage, pod, "eth0");
  });
}

const secondLinks: readonly (Pick<MainLink, "type"> & { readonly name: string; readonly vlan?: number })[] = [
  { name: "an ipvlan", type: ["ipvlan", "mode", "l2"] },
  { name: "a VLAN", type: ["vlan", "id", "60"], vlan: 60 },
];
for (const { name, type, vlan } of secondLinks) {
  stageTest(
    `underlay, second link is ${name}: its own table, and answers leave by the link they came in on`,
    (stage) => {
      const pod = addEth0(stage, { name: "macvlan", type: ["macvlan", "mode", "bridge"], parent: "ens5" });
      stage.coordinate(pod);
      const [lan5, lan6] = stage.lans;
      if (vlan !== undefined) {
        lan6.ip("addr", "del", "10.77.0.1/24", "dev", "port");
        lan6.ip("link", "add", "link", "port", "name", "tagged", "up", "type", "vlan", "id", String(vlan));
        lan6.ip("addr", "add", "10.77.0.1/24", "dev", "tagged");
      }
      const prefixes = ["10.77.0.50/24"];
      stage.addLink(pod, { name: "net1", type, parent: "ens6", prefixes, gateways: ["10.77.0.1"] });
      stage.coordinate(pod, { ifname: "net1" });
      assert.deepEqual(ipText(pod.netns, "rule")[1], "999: from 10.77.0.50 lookup 101");
      const defaults = ipText(pod.netns, "route").filter((line) => line.startsWith("default"));
      assert.deepEqual(defaults, ["default via 172.22.16.1 dev eth0"]);
      lan5.ip("route", "add", "10.77.0.0/24", "via", "172.22.16.11"); // were an answer to take the wrong way, it would get lost
      assert.ok(reaches(lan6, "10.77.0.50", { from: "203.0.113.1" }));
      assert.ok(reaches(lan5, "172.22.17.50", { from: "198.51.100.1" }));
      assert.ok(reaches(stage.node, "10.77.0.50"));
      assertConverged(stage, pod, "net1");
      assertConverged(stage, pod, "eth0");
    },
  );
}

stageTest("overlay, second link is an ipvlan: what ip shows, and packets flow", (stage) => {
  const pod = stage.addPod();
  stage.addOverlayLink(pod, { host: "cali0a1b2c3d4e5", address: "10.160.4.23" });
  const type = ["ipvlan", "mode", "l2"];
  const prefixes = ["172.22.17.51/20"];
  stage.addLink(pod, { name: "net1", type, parent: "ens5", prefixes, gateways: ["172.22.16.1"] });
  stage.coordinate(pod, { ifname: "net1" });
  assert.deepEqual(ipText(pod.netns, "rule").slice(1, 3), [
    "32764: from 10.160.4.23 lookup 100",
    "32765: from 172.22.17.51 lookup 101",
  ]);
  assert.ok(reaches(pod.netns, "10.150.0.1"));
  assert.ok(reaches(pod.netns, "172.22.16.11"));
  assert.ok(reaches(stage.node, "172.22.17.51"));
  assert.ok(reaches(stage.lans[0], "172.22.17.51", { from: "198.51.100.1" }));
  assertConverged(stage, pod, "net1");
});
