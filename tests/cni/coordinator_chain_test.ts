/** macvlan, our IPAM and the coordinator behind it, a real agent and an API server: Pods and their nodes reach each other. */
import assert from "node:assert/strict";
import { spiderCoordinators } from "../../crd/generated/mod.ts";
import type { CniAnswer, NetworkConf } from "../shared/cni_runtime.ts";
import { buildForTests } from "../shared/executable.ts";
import { needsNetns } from "../shared/netns.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { poolState } from "../shared/pool_state.ts";
import { runTool } from "../shared/run_tool.ts";
import { firstReason, needsCommand, needsPath, testUnless } from "../shared/skip.ts";
import { MAIN_PLUGINS, Stage } from "../shared/stage.ts";
import { addressesIn, callOf, ping, type StagePod, startPod, stopPod } from "../shared/stage_pod.ts";

const reason = firstReason(
  needsNetns(),
  needsCommand("ping"),
  needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins"),
);

/** The chained plugin's configuration, with what the plugin before printed. */
function coordinatorConf({ machine }: StagePod, prevResult: unknown): NetworkConf {
  return {
    cniVersion: "1.0.0",
    name: "lan",
    type: "coordinator",
    ipam_unix_socket_path: machine.agent.socket,
    logOptions: { logFile: `${machine.agent.logFile}.coordinator` },
    prevResult,
  };
}

async function chained(
  pod: StagePod,
  { command, previous }: { command: "ADD" | "CHECK" | "DEL"; previous: CniAnswer },
) {
  return await pod.machine.runtime.call(coordinatorConf(pod, previous.result), callOf(pod, command));
}

/** Addresses of the nodes and of a service on each: the LAN's nodes have none. */
function addressNodes(stage: Stage): void {
  stage.lan.nodes.forEach(({ netns }, i) => {
    const ip = (...args: string[]) => runTool("ip", ["-n", netns, ...args]);
    ip("addr", "add", `10.20.0.${200 + i}/24`, "dev", "eth0");
    ip("addr", "add", `fd00:20::${200 + i}/64`, "dev", "eth0", "nodad");
    ip("link", "add", "kube-ipvs0", "type", "bridge");
    ip("addr", "add", "10.96.0.1/32", "dev", "kube-ipvs0");
    ip("link", "set", "kube-ipvs0", "up");
  });
}

async function createCoordinator(stage: Stage): Promise<void> {
  const client = stage.client(spiderCoordinators);
  const object = await client.create({
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderCoordinator",
    metadata: { name: "default" },
    spec: { podCIDRType: "none" },
  });
  await client.updateStatus({
    ...object,
    status: { phase: "Synced", overlayPodCIDR: [], serviceCIDR: ["10.96.0.0/16"] },
  });
}

testUnless(reason, {
  name: "a chain of macvlan and coordinator: Pod, node and service address reach each other, and DEL leaves nothing",
  async fn() {
    const pluginFolder = await installPrograms();
    await buildForTests("coordinator");
    await using stage = await Stage.build({
      prefix: `spcoord${Deno.pid}`,
      machines: ["a", "b"],
      pluginFolder,
      manifest: "manifests/examples/demo.yaml",
      say: () => undefined,
    });
    addressNodes(stage);
    await createCoordinator(stage);
    const clean = stage.lan.nodes.map(({ netns }) => linkCount(netns));
    const pods = [];
    for (const [i, machine] of stage.machines.entries()) {
      const report = await startPod(stage, { name: `web-${i}`, machine, pools: { v4: ["lan-v4"], v6: ["lan-v6"] } });
      assert.equal(report.answer.code, 0, report.answer.result?.msg);
      const added = await chained(report.pod, { command: "ADD", previous: report.answer });
      assert.equal(added.code, 0, added.result?.msg);
      assert.deepEqual(added.result, report.answer.result);
      const checked = await chained(report.pod, { command: "CHECK", previous: added });
      assert.equal(checked.code, 0, checked.result?.msg);
      pods.push({ pod: report.pod, answer: added, node: stage.lan.nodes[i]?.netns ?? "", i });
    }
    for (const { pod, node, i } of pods) {
      for (const address of [`10.20.0.${200 + i}`, `fd00:20::${200 + i}`, "10.96.0.1", `10.20.0.${201 - i}`]) {
        assert.notEqual(ping(pod, address), undefined, `no answer from ${address} to ${pod.name}`);
      }
      for (const address of addressesIn(pod).map((prefix) => prefix.split("/")[0] ?? "")) {
        runTool("nsenter", [`--net=/var/run/netns/${node}`, "ping", "-n", "-c", "1", "-w", "5", address]);
        for (const other of pods) {
          assert.notEqual(ping(other.pod, address), undefined, `${other.pod.name} to ${address}`);
        }
      }
    }
    for (const { pod, answer } of pods) {
      const gone = await chained(pod, { command: "DEL", previous: answer });
      assert.equal(gone.code, 0, gone.result?.msg);
      assert.equal((await stopPod(stage, pod)).code, 0);
    }
    assert.deepEqual(stage.lan.nodes.map(({ netns }) => linkCount(netns)), clean);
    assert.deepEqual((await poolState(stage, "lan-v4")).holders, {});
  },
});

function linkCount(netns: string): number {
  return runTool("ip", ["-n", netns, "-o", "link"]).split("\n").length;
}
