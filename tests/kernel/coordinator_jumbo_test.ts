/** Jumbo frames: packets of Pods that fill a large MTU flow in one piece, and those that do not fit do not. */
import assert from "node:assert/strict";
import { type CoordinatorStage, reaches, type StagedPod } from "../shared/coordinator_stage.ts";
import { stageTest } from "./coordinator_case.ts";

const JUMBO_MTU = 9000;

/** Bytes of data of a ping that needs a jumbo frame; with headers of IPv6 and ICMPv6 8948. */
const SIZE = 8900;

const [firstV4, firstV6] = ["172.22.17.50", "fd22:16::1750"];
const [secondV4, secondV6] = ["172.22.17.51", "fd22:16::1751"];
const router = ["172.22.16.1", "fd22:16::1"];
const node = ["172.22.16.11", "fd22:16::11"];

/** Gives both ends of the node's cable that MTU; macvlan links made afterwards have it too. */
function setMtu({ node, lans: [lan] }: CoordinatorStage, mtu: number): void {
  node.ip("link", "set", "ens5", "mtu", String(mtu));
  lan.ip("link", "set", "port", "mtu", String(mtu));
}

/** What a Pod is made with. */
interface JumboPod {
  readonly prefixes: readonly string[];
  /** @default what the coordinator chooses */
  readonly vethMTU?: number | undefined;
}

/** A Pod on a macvlan over the node's `ens5`, with the coordinator's routes. */
function addPod(stage: CoordinatorStage, { prefixes, vethMTU }: JumboPod): StagedPod {
  const pod = stage.addPod();
  stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes, gateways: router });
  stage.coordinate(pod, { conf: vethMTU === undefined ? {} : { vethMTU } });
  return pod;
}

function addPods(stage: CoordinatorStage, vethMTU?: number): readonly [StagedPod, StagedPod] {
  return [
    addPod(stage, { prefixes: [`${firstV4}/20`, `${firstV6}/64`], vethMTU }),
    addPod(stage, { prefixes: [`${secondV4}/20`, `${secondV6}/64`], vethMTU }),
  ];
}

stageTest("jumbo frames flow between Pods, to another machine and, where vethMTU allows, to the node", (stage) => {
  setMtu(stage, JUMBO_MTU);
  const [first, second] = addPods(stage, JUMBO_MTU);
  for (const address of [secondV4, secondV6, ...router, ...node]) {
    assert.ok(reaches(first.netns, address, { size: SIZE }), `no answer of ${SIZE} bytes from ${address}`);
  }
  for (const address of [firstV4, firstV6]) {
    for (const netns of [second.netns, stage.node, stage.lans[0]]) {
      assert.ok(reaches(netns, address, { size: SIZE }), `no answer of ${SIZE} bytes from ${address}`);
    }
  }
});

stageTest("jumbo frames between Pods need no large vethMTU; those to the node do", (stage) => {
  setMtu(stage, JUMBO_MTU);
  const [first] = addPods(stage);
  for (const address of [secondV4, secondV6, ...router]) {
    assert.ok(reaches(first.netns, address, { size: SIZE }), `no answer of ${SIZE} bytes from ${address}`);
  }
  for (const address of node) {
    assert.ok(reaches(first.netns, address), `no answer from ${address}`);
    assert.equal(reaches(first.netns, address, { size: SIZE }), false, `${address} answers in one piece`);
  }
});

stageTest("on a segment of the usual MTU packets of that size are told to be too large", (stage) => {
  const [first] = addPods(stage, JUMBO_MTU);
  for (const address of [secondV4, secondV6]) {
    assert.ok(reaches(first.netns, address), `no answer from ${address}`);
    assert.equal(reaches(first.netns, address, { size: SIZE }), false, `${address} answers in one piece`);
  }
});
