import assert from "node:assert/strict";
import { formatStep } from "../../net/steps/mod.ts";
import { hostVethName } from "../../plugins/coordinator/names.ts";
import { type CoordinatorStage, ipText, reaches, type StagedPod } from "../shared/coordinator_stage.ts";
import { pause } from "../shared/pause.ts";
import { stageTest } from "./coordinator_case.ts";

/** Pod (a) of the specification's examples. */
function underlayPod(stage: CoordinatorStage): StagedPod {
  const pod = stage.addPod("5f1c9a7be20d44aa91");
  stage.addMacvlan(pod, {
    name: "eth0",
    parent: "ens5",
    prefixes: ["172.22.17.50/20", "fd22:16::1750/64"],
    gateways: ["172.22.16.1", "fd22:16::1"],
  });
  return pod;
}

/** Its second link. */
function addNet1(stage: CoordinatorStage, pod: StagedPod): void {
  stage.addMacvlan(pod, { name: "net1", parent: "ens6", prefixes: ["10.77.0.50/24"], gateways: ["10.77.0.1"] });
}

/** Pod (b): of an overlay, with a macvlan. */
function overlayPod(stage: CoordinatorStage): StagedPod {
  const pod = stage.addPod();
  stage.addOverlayLink(pod, { host: "cali0a1b2c3d4e5", address: "10.160.4.23" });
  stage.addMacvlan(pod, { name: "net1", parent: "ens5", prefixes: ["172.22.17.51/20"], gateways: ["172.22.16.1"] });
  return pod;
}

/** Routes to the node's addresses, as `ip` sorts and shows them. */
function nodeRoutes(dev: string, source: string): string[] {
  return ["10.77.0.11", "172.22.16.11"].map((address) => `${address} dev ${dev} scope link src ${source}`);
}

/** Routes to the prefixes that are reached through the node. */
function prefixRoutes(dev: string, source: string): string[] {
  const prefixes = ["10.150.0.0/16", "10.160.0.0/16", "169.254.25.0/24"];
  return prefixes.map((prefix) => `${prefix} via 172.22.16.11 dev ${dev} src ${source}`);
}

/** Nothing is left to do for the link. */
function assertConverged(stage: CoordinatorStage, pod: StagedPod, ifname: string): void {
  assert.deepEqual(stage.plan(pod, { ifname }).steps.map(({ step }) => formatStep(step)), []);
}

stageTest("plugins row 57: underlay, first link, dual stack: what ip shows, and packets flow", (stage) => {
  const pod = underlayPod(stage);
  stage.coordinate(pod);
  const { netns } = pod;
  assert.deepEqual(
    ipText(netns, "route").sort(),
    [
      ...prefixRoutes("veth0", "172.22.17.50"),
      ...nodeRoutes("veth0", "172.22.17.50"),
      "172.22.16.0/20 dev eth0 proto kernel scope link src 172.22.17.50",
      "default via 172.22.16.1 dev eth0",
    ].sort(),
  );
  assert.deepEqual(ipText(netns, "-6", "route").sort(), [
    "default via fd22:16::1 dev eth0 metric 1024",
    "fd10:150::/112 via fd22:16::11 dev veth0 metric 1024",
    "fd22:16::/64 dev eth0 proto kernel metric 256",
    "fd22:16::11 dev veth0 metric 1024",
  ]);
  assert.deepEqual(ipText(netns, "route", "show", "table", "100"), [
    "default via 172.22.16.11 dev veth0 src 172.22.17.50",
  ]);
  assert.deepEqual(ipText(netns, "-6", "route", "show", "table", "100"), [
    "default via fd22:16::11 dev veth0 metric 1024",
  ]);
  assert.deepEqual(ipText(netns, "route", "show", "table", "101"), nodeRoutes("veth0", "172.22.17.50"));
  assert.deepEqual(ipText(netns, "rule"), [
    "0: from all lookup local",
    "1000: from all fwmark 0x1/0x1 lookup 100",
    "32766: from all lookup main",
    "32767: from all lookup default",
  ]);
  const veth = hostVethName(pod.containerId);
  assert.deepEqual(ipText(stage.node, "rule")[1], "1000: from all lookup 500");
  assert.deepEqual(ipText(stage.node, "route", "show", "table", "500"), [`172.22.17.50 dev ${veth} scope link`]);
  assert.deepEqual(ipText(stage.node, "-6", "route", "show", "table", "500"), [
    `fd22:16::1750 dev ${veth} metric 1024`,
  ]);

  for (const address of ["172.22.16.11", "10.77.0.11", "fd22:16::11", "10.150.0.1", "fd10:150::1", "172.22.16.1"]) {
    assert.ok(reaches(netns, address), `no answer from ${address}`);
  }
  assert.ok(reaches(stage.node, "172.22.17.50"));
  assert.ok(reaches(stage.node, "fd22:16::1750"));
  assertConverged(stage, pod, "eth0");
});

stageTest(
  "plugins row 86: what comes in by veth0 is answered by it, also to an address the Pod has no route to",
  (stage) => {
    const pod = underlayPod(stage);
    stage.coordinate(pod);
    assert.ok(reaches(stage.node, "172.22.17.50", { from: "192.0.2.11" }));
    assert.ok(reaches(stage.node, "fd22:16::1750", { from: "fd00:2::11" }));
  },
);

stageTest(
  "plugins row 58: underlay, second link: its own table, and answers leave by the link they came in on",
  (stage) => {
    const pod = underlayPod(stage);
    stage.coordinate(pod);
    addNet1(stage, pod);
    stage.coordinate(pod, { ifname: "net1" });
    const { netns } = pod;
    assert.deepEqual(ipText(netns, "rule")[1], "999: from 10.77.0.50 lookup 101");
    assert.deepEqual(
      ipText(netns, "route", "show", "table", "101").sort(),
      [
        ...prefixRoutes("veth0", "172.22.17.50"),
        ...nodeRoutes("veth0", "172.22.17.50"),
        "10.77.0.0/24 dev net1 scope link src 10.77.0.50",
        "default via 10.77.0.1 dev net1",
      ].sort(),
    );
    assert.deepEqual(ipText(netns, "route").filter((line) => line.startsWith("default")), [
      "default via 172.22.16.1 dev eth0",
    ]);
    const [lan5, lan6] = stage.lans;
    lan5.ip("route", "add", "10.77.0.0/24", "via", "172.22.16.11"); // were an answer to take the wrong way, it would get lost
    assert.ok(reaches(lan6, "10.77.0.50", { from: "203.0.113.1" }));
    assert.ok(reaches(lan5, "172.22.17.50", { from: "198.51.100.1" }));
    assert.ok(reaches(stage.node, "10.77.0.50"));
    assert.ok(reaches(netns, "10.150.0.1", { from: "10.77.0.50" }));
    assertConverged(stage, pod, "net1");
    assertConverged(stage, pod, "eth0");
  },
);

stageTest("plugins row 59: overlay, second link: what ip shows, and packets flow", (stage) => {
  const pod = overlayPod(stage);
  stage.coordinate(pod, { ifname: "net1" });
  const { netns } = pod;
  assert.deepEqual(
    ipText(netns, "route").sort(),
    [
      ...prefixRoutes("eth0", "10.160.4.23"),
      ...nodeRoutes("eth0", "10.160.4.23"),
      "169.254.1.1 dev eth0 scope link",
      "172.22.16.0/20 dev net1 proto kernel scope link src 172.22.17.51",
      "default via 169.254.1.1 dev eth0",
    ].sort(),
  );
  assert.deepEqual(ipText(netns, "route", "show", "table", "100"), ["default via 169.254.1.1 dev eth0"]);
  assert.deepEqual(
    ipText(netns, "route", "show", "table", "101").sort(),
    [
      ...nodeRoutes("eth0", "10.160.4.23"),
      "172.22.16.0/20 dev net1 scope link src 172.22.17.51",
      "default via 172.22.16.1 dev net1",
    ].sort(),
  );
  assert.deepEqual(ipText(netns, "rule"), [
    "0: from all lookup local",
    "32764: from 10.160.4.23 lookup 100",
    "32765: from 172.22.17.51 lookup 101",
    "32766: from all lookup main",
    "32767: from all lookup default",
  ]);
  assert.ok(reaches(netns, "10.150.0.1"));
  assert.ok(reaches(netns, "172.22.16.11"));
  assert.ok(reaches(stage.node, "172.22.17.51"));
  assert.ok(reaches(stage.lans[0], "172.22.17.51", { from: "198.51.100.1" }));
  assertConverged(stage, pod, "net1");
});

stageTest("plugins row 79: overlay with the second link as the default", (stage) => {
  const pod = overlayPod(stage);
  const conf = { podDefaultRouteNic: "net1" };
  stage.coordinate(pod, { ifname: "net1", conf });
  const { netns } = pod;
  assert.deepEqual(ipText(netns, "route").filter((line) => line.startsWith("default")), [
    "default via 172.22.16.1 dev net1",
  ]);
  assert.deepEqual(ipText(netns, "rule")[1], "32765: from 10.160.4.23 lookup 101");
  assert.deepEqual(
    ipText(netns, "route", "show", "table", "101").sort(),
    [
      ...prefixRoutes("eth0", "10.160.4.23"),
      ...nodeRoutes("eth0", "10.160.4.23"),
      "169.254.1.1 dev eth0 scope link",
      "default via 169.254.1.1 dev eth0",
    ].sort(),
  );
  assert.deepEqual(ipText(netns, "route", "show", "table", "all").filter((line) => line.includes("table 100")), []);
  assert.deepEqual(stage.plan(pod, { ifname: "net1", conf }).steps.map(({ step }) => formatStep(step)), []);
});

stageTest("plugins row 81: of two IPv6 defaults that the kernel merged, net1's moves and eth0's stays", (stage) => {
  const pod = stage.addPod();
  const prefixes = ["172.22.17.50/20", "fd22:16::1750/64"];
  stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes, gateways: ["172.22.16.1", "fd22:16::1"] });
  stage.coordinate(pod);
  stage.addMacvlan(pod, { name: "net1", parent: "ens6", prefixes: ["fd00:77::50/64"], gateways: ["fd00:77::1"] });
  assert.equal(ipText(pod.netns, "-6", "route", "show", "default").length, 3, "not merged");
  stage.coordinate(pod, { ifname: "net1" });
  assert.deepEqual(ipText(pod.netns, "-6", "route", "show", "default"), [
    "default via fd22:16::1 dev eth0 metric 1024",
  ]);
  assert.deepEqual(ipText(pod.netns, "-6", "route", "show", "default", "table", "101"), [
    "default via fd00:77::1 dev net1 metric 1024",
  ]);
  assert.equal(ipText(pod.netns, "-6", "rule")[1], "999: from fd00:77::50 lookup 101");
  assertConverged(stage, pod, "net1");
});

stageTest("plugins row 70: the segment is told the new link-layer address by ARP and by an NA", (stage) => {
  const pod = underlayPod(stage);
  const [lan] = stage.lans;
  assert.ok(reaches(lan, "172.22.17.50"));
  assert.ok(reaches(lan, "fd22:16::1750"));
  stage.coordinate(pod, { conf: { podMACPrefix: "0a:1b" } });
  const told = () => ipText(lan, "neigh").filter((line) => line.includes("0a:1b:ac:16:11:32"));
  for (let tries = 0; told().length < 2 && tries < 600; tries++) pause(100); // frames may be on their way
  assert.deepEqual(told().map((line) => line.split(" ")[0]).sort(), ["172.22.17.50", "fd22:16::1750"]);
  assert.ok(reaches(lan, "172.22.17.50"));
});

stageTest("plugins row 91: many Pods share the node's rule, and each is reached", (stage) => {
  const pods = [1, 2, 3].map((i) => {
    const pod = stage.addPod();
    stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes: [`172.22.18.${i}/20`], gateways: ["172.22.16.1"] });
    return pod;
  });
  for (const pod of pods) stage.coordinate(pod);
  assert.equal(ipText(stage.node, "rule").filter((line) => line.endsWith("lookup 500")).length, 1);
  for (const i of [1, 2, 3]) assert.ok(reaches(stage.node, `172.22.18.${i}`));
  for (const pod of pods) assert.ok(reaches(pod.netns, "172.22.18.2"), "Pods of one node by their own segment");
});

stageTest(
  "plugins row 69: both ends of the pair have link-layer addresses of their own, which the other knows",
  (stage) => {
    const pod = underlayPod(stage);
    stage.coordinate(pod);
    const veth = hostVethName(pod.containerId);
    const [inPod, onNode] = [
      ipText(pod.netns, "-o", "link", "show", "veth0"),
      ipText(stage.node, "-o", "link", "show", veth),
    ]
      .map(([line = ""]) => / link\/ether (\S+)/.exec(line)?.[1] ?? "");
    assert.notEqual(inPod, onNode);
    for (const mac of [inPod, onNode]) assert.match(mac ?? "", /^[0-9a-f][26ae]:/, "locally administered, unicast");
    assert.match(ipText(stage.node, "neigh", "show", "172.22.17.50").join(), new RegExp(`lladdr ${inPod} PERMANENT`));
    assert.match(ipText(pod.netns, "neigh", "show", "172.22.16.11").join(), new RegExp(`lladdr ${onNode} PERMANENT`));
  },
);

stageTest("plugins row 53: a large MTU is on both ends, and large packets go through", (stage) => {
  const pod = underlayPod(stage);
  stage.coordinate(pod, { conf: { vethMTU: 9000 } });
  assert.match(ipText(pod.netns, "-o", "link", "show", "veth0")[0] ?? "", / mtu 9000 /);
  assert.match(ipText(stage.node, "-o", "link", "show", hostVethName(pod.containerId))[0] ?? "", / mtu 9000 /);
  assert.ok(reaches(pod.netns, "10.150.0.1", { size: 8000 }));
});

stageTest("plugins row 72: a route and a neighbor that an earlier Pod left are replaced", (stage) => {
  stage.node.ip("route", "add", "172.22.17.50/32", "dev", "ens6", "table", "500");
  stage.node.ip("neigh", "add", "172.22.17.50", "lladdr", "02:00:00:00:00:99", "dev", "ens5", "nud", "permanent");
  const pod = underlayPod(stage);
  stage.coordinate(pod);
  const veth = hostVethName(pod.containerId);
  assert.deepEqual(ipText(stage.node, "route", "show", "table", "500"), [`172.22.17.50 dev ${veth} scope link`]);
  assert.deepEqual(
    ipText(stage.node, "neigh", "show", "172.22.17.50").map((line) => line.split(" ")[2]),
    [veth],
  );
  assert.ok(reaches(stage.node, "172.22.17.50"));
});
