/** A macvlan that speaks CNI 1.1.0 in front of our IPAM: every verb of that version as a runtime calls it. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { CniRuntime, type NetworkConf } from "../shared/cni_runtime.ts";
import { goProgram } from "../shared/go_program.ts";
import { needsNetns } from "../shared/netns.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { poolState } from "../shared/pool_state.ts";
import { firstReason, testUnless } from "../shared/skip.ts";
import { type Machine, Stage } from "../shared/stage.ts";
import { addressesIn, callOf, confOf, startPod } from "../shared/stage_pod.ts";

const macvlan = await goProgram("macvlan");
const v11 = { cniVersion: "1.1.0" };

/** The stage's first machine with a runtime that takes the newer macvlan before the distribution's. */
async function buildStage(): Promise<{ readonly stage: Stage; readonly machine: Machine }> {
  const pluginFolder = await installPrograms();
  const stage = await Stage.build({
    prefix: `spv11${Deno.pid}`,
    machines: ["a"],
    pluginFolder,
    manifest: "manifests/examples/demo.yaml",
    say: () => undefined,
  });
  const [machine] = stage.machines;
  const [node] = stage.lan.nodes;
  assert(machine !== undefined && node !== undefined && macvlan.path !== undefined);
  const runtime = new CniRuntime(node, { pluginFolders: [dirname(macvlan.path), pluginFolder] });
  return { stage, machine: { ...machine, runtime } };
}

testUnless(firstReason(needsNetns(), macvlan.reason), {
  name: "plugins row 14: macvlan with cniVersion 1.1.0: STATUS, ADD, CHECK, GC and DEL",
  async fn() {
    const { stage: built, machine } = await buildStage();
    await using stage = built;
    const mainPlugin = { type: "macvlan", master: "eth0", mode: "bridge", ...v11 };
    const { pod, answer } = await startPod(stage, {
      name: "one",
      machine,
      pools: { v4: ["lan-v4"], v6: ["lan-v6"] },
      mainPlugin,
    });
    assert.equal(answer.code, 0, answer.result?.msg);
    assert.equal(answer.result?.cniVersion, "1.1.0");
    assert.deepEqual(answer.result?.ips?.map(({ address }) => address), addressesIn(pod));
    const conf: NetworkConf = confOf(pod);
    const call = (command: "STATUS" | "CHECK" | "GC" | "DEL", more: object = {}) =>
      machine.runtime.call({ ...conf, ...more }, callOf(pod, command));
    assert.equal((await call("STATUS")).code, 0);
    const full = { ...conf.ipam as object, default_ipv4_ippool: ["none"], status_checks_pools: true };
    const refused = await call("STATUS", { ipam: full });
    assert.deepEqual([refused.code, refused.result?.code], [1, 50], "macvlan asks our plugin");
    assert.match(refused.result?.msg ?? "", /no free IP address: IPv4 of "none"/);
    const checked = await call("CHECK", { prevResult: answer.result });
    assert.equal(checked.code, 0, checked.result?.msg);
    // The reference main plugins hand no GC on, so a runtime reaches our plugin only where a plugin does.
    const collected = await call("GC", { type: "spiderpool", "cni.dev/valid-attachments": [] });
    assert.equal(collected.code, 0, collected.result?.msg);
    assert.equal((await poolState(stage, "lan-v4")).count, 1, "the Pod lives");
    await machine.agent.kill();
    const dead = await call("STATUS");
    assert.equal(dead.result?.code, 50);
    await machine.agent.start();
    assert.equal((await call("DEL", { prevResult: answer.result })).code, 0);
  },
});
