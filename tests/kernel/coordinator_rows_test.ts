/** Rows of the specification whose plan is tested beside the planner: what the kernel makes of it. */
import assert from "node:assert/strict";
import { hostVethName } from "../../plugins/coordinator/names.ts";
import { type CoordinatorStage, ipText, reaches, type StagedPod } from "../shared/coordinator_stage.ts";
import { stageTest } from "./coordinator_case.ts";

function addLink(stage: CoordinatorStage, pod: StagedPod, gateways: readonly string[] = ["172.22.16.1"]): void {
  stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes: ["172.22.17.50/20"], gateways });
}

for (const containerId of ["5f1c9a7b", "5f1c9a7be20d44aa91".padEnd(64, "0")]) {
  stageTest(
    `plugins row 68: the node's end of the pair of a container ID of ${containerId.length} characters`,
    (stage) => {
      const pod = stage.addPod(containerId);
      addLink(stage, pod);
      stage.coordinate(pod);
      const names = ipText(stage.node, "-o", "link", "show", "type", "veth").map((line) =>
        /^\d+: ([^@:]+)/.exec(line)?.[1]
      );
      const want = `veth${containerId.slice(0, containerId.length === 8 ? 8 : 11)}`;
      assert.ok(names.includes(want), names.join());
      assert.ok(want.length <= 15 && want === hostVethName(containerId));
      assert.ok(reaches(stage.node, "172.22.17.50"));
    },
  );
}

stageTest("plugins row 74: both addresses of the node are reached by the pair, from main and from 101", (stage) => {
  stage.node.ip("addr", "add", "172.22.16.12/20", "dev", "ens5");
  const pod = stage.addPod();
  addLink(stage, pod);
  stage.coordinate(pod);
  const addresses = ["10.77.0.11", "172.22.16.11", "172.22.16.12"];
  for (const table of ["main", "101"]) {
    const routes = ipText(pod.netns, "route", "show", "table", table).filter((line) =>
      line.endsWith("dev veth0 scope link src 172.22.17.50")
    );
    assert.deepEqual(routes.map((line) => line.split(" ")[0]).sort(), addresses, `table ${table}`);
  }
  const neighbors = ipText(pod.netns, "neigh", "show", "dev", "veth0").filter((line) => line.endsWith("PERMANENT"));
  assert.deepEqual(neighbors.map((line) => line.split(" ")[0]).sort(), addresses);
  const [{ rx: before }] = [vethPackets(stage, pod)];
  for (const address of addresses) assert.ok(reaches(pod.netns, address), `no answer from ${address}`);
  assert.ok(vethPackets(stage, pod).rx >= before + addresses.length, "by the pair, not by the segment");
});

/** Packets that the node got by the pair. */
function vethPackets({ node }: CoordinatorStage, { containerId }: StagedPod): { readonly rx: number } {
  const lines = ipText(node, "-s", "link", "show", hostVethName(containerId));
  const at = lines.findIndex((line) => line.startsWith("RX:"));
  return { rx: Number(lines[at + 1]?.split(" ")[1]) };
}

stageTest("plugins row 78: where no other link has a default route, the new link's stays in main", (stage) => {
  const pod = stage.addPod();
  addLink(stage, pod, []);
  stage.coordinate(pod);
  stage.addMacvlan(pod, { name: "net1", parent: "ens6", prefixes: ["10.77.0.50/24"], gateways: ["10.77.0.1"] });
  const before = ipText(pod.netns, "route", "show", "default");
  assert.deepEqual(before, ["default via 10.77.0.1 dev net1"]);
  stage.coordinate(pod, { ifname: "net1" });
  assert.deepEqual(ipText(pod.netns, "route", "show", "default"), before);
  assert.ok(reaches(pod.netns, "203.0.113.1"), "what only the default route leads to");
});
