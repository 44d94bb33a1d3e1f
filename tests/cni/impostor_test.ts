/** What the network and the pool are to come to when hosts of others have addresses that a pool hands out. */
import assert from "node:assert/strict";
import { poolState } from "../shared/pool_state.ts";
import { addPod, addressesIn, newSandbox, type StagePod, startPod, stopPod } from "../shared/stage_pod.ts";
import { messageOf, patientDetection, type ProbeStage, stageTest } from "./probe_stage.ts";

const POOL = "p4";

/** An agent's time for an ADD stays below the plugin's 100 s; a hundred processes need much of it on a small machine. */
const conf = { enableIPConflictDetection: true, agent: { detection: patientDetection, ipamDeadline: "90s" } };

stageTest("100 ADDs at once on a pool with 10 stolen addresses: all succeed", conf, async (probes) => {
  const { stage, machine } = probes;
  await probes.addPool(POOL, "10.20.0.100-10.20.0.209"); // not one more than are needed
  const stolen = Array.from({ length: 10 }, (_, i) => `10.20.0.${100 + 11 * i}`);
  const mac = probes.steal(...stolen.map((address) => `${address}/24`));
  const names = Array.from({ length: 100 }, (_, i) => `many-${i}`);
  const reports = await Promise.all(names.map((name) => startPod(stage, { name, machine, pools: { v4: [POOL] } })));
  assert.deepEqual(reports.filter(({ answer }) => answer.code !== 0).map(({ answer }) => messageOf(answer)), []);
  const given = new Map(reports.map(({ pod }) => [addressesIn(pod).join().replace("/24", ""), `default/${pod.name}`]));
  assert.equal(given.size, 100, "two Pods have one address");
  const records = await probes.records(POOL);
  assert.deepEqual([...records.keys()].toSorted(), [...given.keys(), ...stolen].toSorted());
  for (const [address, record] of records) {
    const isStolen = stolen.includes(address);
    assert.equal(record.podUid.startsWith("quarantine:"), isStolen, address);
    if (isStolen) assert.deepEqual([record.reason, record.mac], ["conflict", mac]);
    else assert.equal(record.pod, given.get(address));
  }
  const dels = await Promise.all(reports.map(({ pod }) => stopPod(stage, pod)));
  assert.deepEqual(dels.filter(({ code }) => code !== 0), []);
  const left = Object.keys((await poolState(stage, POOL)).holders);
  assert.deepEqual(left.toSorted(), stolen.toSorted());
});

stageTest(
  "with an impostor on the wire: the ADD returns another address within its deadline, the bad one is in quarantine " +
    "with the impostor's MAC in the record's reason and an Event, and after its expiry it is usable again",
  conf,
  async (probes, t) => {
    const { stage, machine } = probes;
    const [bad, good] = ["10.20.0.20", "10.20.0.21"];
    await probes.addPool(POOL, `${bad}-${good}`);
    const mac = probes.steal(`${bad}/24`);
    const wish = (name: string) => ({ name, machine, pools: { v4: [POOL] } });

    await t.step("another address, quarantine, Event", async () => {
      const { pod, answer } = await startPod(stage, wish("one"));
      assert.equal(answer.code, 0, answer.result?.msg); // past its deadline it would be an error
      assert.deepEqual(addressesIn(pod), [`${good}/24`]);
      const { pod: holder, reason, mac: noted, node } = await recordOf(probes, bad);
      assert.deepEqual([holder, reason, noted, node], ["default/one/quarantine", "conflict", mac, machine.name]);
      const [event] = await probes.events("IPConflict", 1);
      assert.deepEqual([event?.type, event?.involvedObject?.name], ["Warning", "one"]);
      for (const fact of [bad, POOL, mac]) assert.match(event?.message ?? "", new RegExp(fact));
    });

    let two: StagePod | undefined;
    await t.step("nobody gets it as long as the quarantine lasts, though the impostor has left", async () => {
      probes.leave(`${bad}/24`);
      const { pod, answer } = await startPod(stage, wish("two"));
      assert.equal(answer.code, 1);
      assert.match(answer.result?.msg ?? "", /all IP addresses used out/);
      two = newSandbox(stage, pod);
    });

    await t.step("after its expiry the next ADD gets it", async () => {
      assert(two !== undefined);
      await probes.endQuarantine(POOL, { address: bad, agoMs: 60_000 });
      const { answer } = await addPod(stage, two);
      assert.equal(answer.code, 0, answer.result?.msg);
      assert.deepEqual(addressesIn(two), [`${bad}/24`]);
      assert.equal((await recordOf(probes, bad)).pod, "default/two");
    });

    await t.step("an impostor that is still there then is found again", async () => {
      assert(two !== undefined);
      assert.equal((await stopPod(stage, two)).code, 0);
      probes.steal(`${bad}/24`);
      const { answer } = await startPod(stage, wish("three"));
      assert.equal(answer.code, 1);
      assert.match(answer.result?.details ?? "", new RegExp(`^ip conflict: ${bad} on eth0 is in use by ${mac}`));
      assert.equal((await recordOf(probes, bad)).pod, "default/three/quarantine");
    });
  },
);

/** The record of an address. */
async function recordOf(probes: ProbeStage, address: string) {
  const record = (await probes.records(POOL)).get(address);
  assert(record !== undefined, `${address} has no record`);
  return record;
}
