/** Many Pods ask `ifacer` for links at the same moment, on a real kernel. */
import assert from "node:assert/strict";
import { lockNode } from "../../../plugins/ifacer/lock.ts";
import { IfacerStage, printed } from "../../shared/ifacer_stage.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { firstReason, needsCommand, testUnless } from "../../shared/skip.ts";

function raceTest(name: string, body: (stage: IfacerStage) => Promise<void>): void {
  testUnless(firstReason(needsLinkKind("vlan"), needsLinkKind("bond"), needsCommand("nsenter")), {
    name: `ifacer: ${name}`,
    async fn() {
      using stage = new IfacerStage();
      stage.addInterfaces("eth1", "eth2", "eth3", "eth4");
      await body(stage);
    },
  });
}

type Conf = Readonly<Record<string, unknown>>;

/**
 * ADDs that are all started before the first one ends: four in processes of their own, which are slow to start in a virtual
 * machine, the others here, under the same lock and with all the time they need.
 *
 * @returns what each failed with, `undefined` for success
 */
async function addAll(stage: IfacerStage, confs: readonly Conf[]): Promise<(string | undefined)[]> {
  return await Promise.all(confs.map((conf, i) => i < 4 ? addByProcess(stage, conf) : addHere(stage, conf)));
}

async function addByProcess(stage: IfacerStage, conf: Conf): Promise<string | undefined> {
  const { code, stdout } = await stage.call("ADD", { conf });
  return code === 0 ? undefined : JSON.parse(stdout).msg;
}

async function addHere(stage: IfacerStage, conf: Conf): Promise<string | undefined> {
  using _lock = await lockNode({ timeoutMs: Infinity });
  try {
    stage.make(conf);
    return undefined;
  } catch (err) {
    return String(err);
  }
}

function assertAllSucceed(failures: readonly (string | undefined)[]): void {
  assert.deepEqual(failures.filter((failure) => failure !== undefined), []);
}

raceTest("plugins row 99: 40 ADDs for the same VLAN all succeed, and there is one link", async (stage) => {
  const conf = { interfaces: ["eth1"], vlanID: 50 };
  assertAllSucceed(await addAll(stage, Array(40).fill(conf)));
  assert.deepEqual(stage.names(), ["eth1", "eth1.50", "eth2", "eth3", "eth4"]);
  assert.deepEqual(stage.plan(conf), []);
});

raceTest("plugins row 100: of ADDs for the same id on two parents exactly one's succeed", async (stage) => {
  const [one, other] = ["eth1", "eth2"].map((parent) => ({ interfaces: [parent], vlanID: 50 }));
  const failures = await addAll(stage, Array(8).fill([one, other]).flat());
  const byParent = [0, 1].map((rest) => failures.filter((_, i) => i % 2 === rest));
  const [won, lost] = byParent[0]?.[0] === undefined ? byParent : byParent.toReversed();
  assertAllSucceed(won ?? []);
  for (const failure of lost ?? []) assert.match(failure ?? "", /with the same vlanId 50 on node at the same time/);
  assert.equal(stage.names().length, 5);
});

raceTest("ten ADDs for the same bond and VLAN all succeed, and there is one of each", async (stage) => {
  const conf = { interfaces: ["eth1", "eth2"], vlanID: 100, bond: { name: "bond7", mode: 1 } };
  assertAllSucceed(await addAll(stage, Array(10).fill(conf)));
  assert.deepEqual(stage.names(), ["bond7", "bond7.100", "eth1", "eth2", "eth3", "eth4"]);
  assert.deepEqual(stage.plan(conf), []);
});

raceTest("ADDs for two bonds at once make both", async (stage) => {
  const confs = [["eth1", "eth2"], ["eth3", "eth4"]].map((interfaces, i) => ({
    interfaces,
    bond: { name: `bond${i}` },
  }));
  assertAllSucceed(await addAll(stage, [...confs, ...confs]));
  assert.deepEqual(confs.flatMap((conf) => stage.plan(conf)), []);
});

raceTest("kill -9 at any moment, then ADD works", async (stage) => {
  const conf = { interfaces: ["eth1", "eth2"], vlanID: 100, bond: { name: "bond7", mode: 1 } };
  const startedMs = performance.now();
  printed(await stage.call("ADD", { conf }));
  const wholeMs = performance.now() - startedMs;
  for (let i = 0; i < 4; i++) {
    stage.node.ip("link", "del", "bond7");
    await stage.call("ADD", { conf, killAfterMs: wholeMs * (0.6 + i * 0.1) }); // the steps are near the end
    stage.make(conf);
    assert.deepEqual(stage.plan(conf), []);
  }
});

raceTest("another program that makes the VLAN first is found, not run over", (stage) => {
  const conf = { interfaces: ["eth1"], vlanID: 50 };
  let isFirst = true;
  const watcher = () => {
    if (isFirst) stage.node.ip("link", "add", "link", "eth1", "name", "eth1.50", "type", "vlan", "id", "50");
    isFirst = false;
  };
  stage.make(conf, { watcher });
  assert.deepEqual([stage.plan(conf), stage.names().length], [[], 5]);
  return Promise.resolve();
});
