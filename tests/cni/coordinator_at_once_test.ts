/** Several Pods of one node at the same time: what they share on the node is made once. */
import assert from "node:assert/strict";
import { exampleAgent } from "../../plugins/coordinator/plan_fixture.ts";
import { CoordinatorStage, ipText, reaches, type StagedPod } from "../shared/coordinator_stage.ts";
import { needsNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { FakeAgent } from "./fake_agent.ts";
import { builtPlugin, runPlugin } from "./plugin_process.ts";

const COUNT = 4;

function prefixesOf(i: number): readonly [string, string] {
  return [`172.22.18.${i + 1}/20`, `fd22:16::18:${i + 1}/64`];
}

/** Runs the plugin on the node as its runtime does. */
async function call(command: "ADD" | "DEL", { stage, pod, i, folder, socket }: {
  readonly stage: CoordinatorStage;
  readonly pod: StagedPod;
  readonly i: number;
  readonly folder: string;
  readonly socket: string;
}) {
  const { path } = await builtPlugin("coordinator");
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: pod.containerId,
    CNI_NETNS: pod.netns.path,
    CNI_IFNAME: "eth0",
    CNI_PATH: "/opt/cni/bin",
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=web-${i}`,
  };
  const prevResult = { cniVersion: "1.0.0", ips: prefixesOf(i).map((address) => ({ address })), dns: {} };
  const stdin = {
    cniVersion: "1.0.0",
    name: "net",
    type: "coordinator",
    ipam_unix_socket_path: socket,
    logOptions: { logFile: `${folder}/coordinator.log` },
    prevResult,
  };
  return await runPlugin("/usr/bin/nsenter", { env, stdin }, { args: [`--net=${stage.node.path}`, path] });
}

testUnless(firstReason(needsNetns(), needsCommand("ping")), {
  name: "plugins row 91: Pods that are added at once: one rule of the node per family, and all are reached",
  async fn() {
    using stage = new CoordinatorStage();
    const folder = Deno.makeTempDirSync({ prefix: "at-once-" });
    try {
      await using agent = new FakeAgent(folder, { "GET /v1/coordinator/config": { status: 200, json: exampleAgent } });
      const pods = Array.from({ length: COUNT }, (_, i) => {
        const pod = stage.addPod();
        stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes: prefixesOf(i), gateways: ["172.22.16.1"] });
        return { stage, pod, i, folder, socket: agent.socket };
      });
      await builtPlugin("coordinator"); // so that no process waits for it
      for (const { code, stdout } of await Promise.all(pods.map((pod) => call("ADD", pod)))) {
        assert.equal(code, 0, stdout);
      }
      for (const family of ["-4", "-6"]) {
        const rules = ipText(stage.node, family, "rule").filter((line) => line.endsWith("lookup 500"));
        assert.deepEqual(rules, ["1000: from all lookup 500"], family);
        assert.equal(ipText(stage.node, family, "route", "show", "table", "500").length, COUNT, family);
      }
      for (const prefix of pods.flatMap(({ i }) => prefixesOf(i))) {
        assert.ok(reaches(stage.node, prefix.split("/")[0] ?? ""), `no answer from ${prefix}`);
      }
      for (const { code, stdout } of await Promise.all(pods.map((pod) => call("DEL", pod)))) {
        assert.deepEqual([code, stdout], [0, ""]);
      }
      assert.deepEqual(ipText(stage.node, "route", "show", "table", "500"), []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
