/** Real main plugins, our IPAM plugin, a real agent and an API server: what a CNI runtime sees. */
import assert from "node:assert/strict";
import { firstReason, needsPath, testUnless } from "../shared/skip.ts";
import { needsNetns } from "../shared/netns.ts";
import { installPrograms } from "../shared/plugin_folder.ts";
import { endpointAddresses, poolState } from "../shared/pool_state.ts";
import { MAIN_PLUGINS, Stage } from "../shared/stage.ts";
import {
  addPod,
  type AddReport,
  addressesIn,
  callOf,
  confOf,
  newSandbox,
  pingFrom,
  type PodWish,
  type StagePod,
  startPod,
  stopPod,
} from "../shared/stage_pod.ts";

const reason = firstReason(needsNetns(), needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins"));

async function buildStage(machines: readonly string[]): Promise<Stage> {
  return await Stage.build({
    prefix: `sptest${Deno.pid}`,
    machines,
    pluginFolder: await installPrograms(),
    manifest: "manifests/examples/demo.yaml",
    say: () => undefined,
  });
}

/** Starts a Pod that must get its addresses. */
async function running(stage: Stage, wish: PodWish) {
  const report = await startPod(stage, wish);
  assert.equal(report.answer.code, 0, report.answer.result?.msg);
  return report;
}

testUnless(reason, {
  name: "a chain of real plugins gives Pods the addresses that the pools say",
  async fn(t) {
    await using stage = await buildStage(["a", "b"]);
    const [a, b] = stage.machines;
    assert(a !== undefined && b !== undefined);
    const lan = { v4: ["lan-v4"] };

    await t.step("macvlan: kernel, record, count and endpoint agree", async () => {
      const { pod, answer } = await running(stage, { name: "one", machine: a, pools: lan });
      assert.deepEqual(addressesIn(pod), ["10.20.0.10/24"]);
      assert.deepEqual(answer.result?.ips?.map(({ address, gateway }) => ({ address, gateway })), [
        { address: "10.20.0.10/24", gateway: "10.20.0.1" },
      ]);
      const state = await poolState(stage, "lan-v4");
      assert.equal(state.text, `{"10.20.0.10":{"pod":"default/one","podUid":"${pod.uid}","node":"a"}}`);
      assert.equal(state.count, 1);
      assert.deepEqual(await endpointAddresses(stage, "one"), ["10.20.0.10/24"]);
    });

    await t.step("CHECK with the ADD's own result passes, with another address it fails", async () => {
      const { pod, answer } = await running(stage, { name: "checked", machine: a, pools: lan });
      const conf = { ...confOf(pod), prevResult: answer.result };
      const good = await pod.machine.runtime.call(conf, callOf(pod, "CHECK"));
      assert.equal(good.code, 0, good.result?.msg);
      const forged = structuredClone(answer.result) as { ips: { address: string }[] };
      forged.ips[0]!.address = "10.20.0.99/24";
      const bad = await pod.machine.runtime.call({ ...conf, prevResult: forged as never }, callOf(pod, "CHECK"));
      assert.notEqual(bad.code, 0);
      assert.equal((await stopPod(stage, pod)).code, 0);
    });

    await t.step("Pods of two machines reach each other, dual stack", async () => {
      const { pod: near } = await running(stage, { name: "near", machine: a, pools: { ...lan, v6: ["lan-v6"] } });
      const { pod: far } = await running(stage, { name: "far", machine: b, pools: { ...lan, v6: ["lan-v6"] } });
      for (const address of addressesIn(far)) {
        assert.notEqual(pingFrom(near, address.split("/")[0] ?? ""), undefined, `no answer from ${address}`);
      }
      assert.equal(addressesIn(far).length, 2);
      for (const pod of [near, far]) assert.equal((await stopPod(stage, pod)).code, 0);
      assert.deepEqual((await poolState(stage, "lan-v6")).holders, {});
    });

    await t.step("bridge as the main plugin", async () => {
      const mainPlugin = { type: "bridge", bridge: "cni0" };
      const { pod } = await running(stage, { name: "bridged", machine: a, pools: lan, mainPlugin });
      assert.deepEqual(addressesIn(pod), ["10.20.0.15/24"]); // what was just released comes last
      assert.equal((await stopPod(stage, pod)).code, 0);
    });

    await t.step("a full pool: the reason, the code, and nothing held", async () => {
      for (const name of ["f1", "f2", "f3"]) await running(stage, { name, machine: b, pools: lan });
      const before = await poolState(stage, "lan-v4");
      const { pod, answer } = await startPod(stage, { name: "late", machine: b, pools: { ...lan, v6: ["lan-v6"] } });
      assert.equal(answer.code, 1);
      assert.equal(
        answer.result?.msg,
        "spiderpool IP allocation error: POST /v1/ipam/ip answered 500: Cannot allocate addresses: " +
          'all IP addresses used out: IPv4 of "eth0" from the CNI configuration: IPPool "lan-v4": ' +
          "all IP addresses used out (4 usable, 1 more set aside by SpiderReservedIPs)",
      );
      assert.equal(answer.result?.code, 100);
      assert.deepEqual(await poolState(stage, "lan-v4"), before);
      assert.deepEqual((await poolState(stage, "lan-v6")).holders, {});
      assert.deepEqual(await endpointAddresses(stage, "late"), []);
      assert.equal((await stopPod(stage, pod)).code, 0);
    });

    await t.step("DEL succeeds when it is repeated and when everything is gone", async () => {
      const { pod } = await running(stage, { name: "twice", machine: a, annotations: databasePool, labels: database });
      assert.equal((await stopPod(stage, pod)).code, 0);
      assert.equal((await pod.machine.runtime.call(confOf(pod), callOf(pod, "DEL"))).code, 0);
      assert.deepEqual((await poolState(stage, "database-v4")).holders, {});
    });
  },
});

const database = { app: "database" };
const databasePool = { "ipam.spidernet.io/ippool": JSON.stringify({ ipv4: ["database-v4"] }) };

testUnless(reason, {
  name: "kill -9 of the agent at any moment: the retried ADD gets the same address and nothing leaks",
  async fn() {
    await using stage = await buildStage(["a"]);
    const [machine] = stage.machines;
    assert(machine !== undefined);
    for (let round = 0; round < 8; round++) {
      const names = [0, 1, 2].map((i) => `r${round}-${i}`);
      const adds: Promise<AddReport>[] = names.map((name) =>
        startPod(stage, { name, machine, annotations: databasePool, labels: database })
      );
      await new Promise((resolve) => setTimeout(resolve, round * 14)); // another moment each round
      await machine.agent.kill();
      const reports = await Promise.all(adds);
      const held = await poolState(stage, "database-v4");
      await machine.agent.start();
      const sandboxes: StagePod[] = [];
      for (const { pod, answer } of reports) {
        const sandbox = newSandbox(stage, pod);
        sandboxes.push(sandbox);
        const again = await addPod(stage, sandbox);
        assert.equal(again.answer.code, 0, again.answer.result?.msg);
        const address = again.answer.result?.ips?.[0]?.address;
        const before: string | undefined = answer.result?.ips?.[0]?.address ?? recordOf(held.holders, pod.name);
        if (before !== undefined) assert.equal(address, before, `round ${round}, Pod ${pod.name}`);
      }
      const state = await poolState(stage, "database-v4");
      assert.deepEqual(Object.values(state.holders).sort(), names.map((name) => `default/${name}`));
      assert.equal(state.count, names.length);
      for (const sandbox of sandboxes) assert.equal((await stopPod(stage, sandbox)).code, 0);
      assert.deepEqual((await poolState(stage, "database-v4")).holders, {});
    }
  },
});

/** The address recorded for a Pod whose first ADD did not answer, `ip/length`. */
function recordOf(holders: Readonly<Record<string, string>>, name: string): string | undefined {
  const found = Object.entries(holders).find(([, pod]) => pod === `default/${name}`);
  return found === undefined ? undefined : `${found[0]}/24`;
}
