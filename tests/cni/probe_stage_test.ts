/** Real main plugin, our IPAM plugin, a real agent and an API server on a segment with hosts that took addresses. */
import assert from "node:assert/strict";
import { type Pod, pods, statefulSets } from "../../crd/core/mod.ts";
import { withNetns } from "../../net/host/mod.ts";
import { bytesOfAddress, parseAddress } from "../../net/ip/mod.ts";
import { openRouteNetlink } from "../../net/netlink/mod.ts";
import { PacketSocket } from "../../net/probe/mod.ts";
import { ETH_P } from "../../net/uapi/mod.ts";
import { frameAt } from "../kernel/probe_segment.ts";
import { endpointAddresses, poolState } from "../shared/pool_state.ts";
import { addPod, addressesIn, type StagePod, startPod, stopPod } from "../shared/stage_pod.ts";
import { messageOf, patientDetection, type ProbeStage, stageTest } from "./probe_stage.ts";

stageTest(
  "an ADD whose address another host has ends with another one, in quarantine with the MAC and an Event",
  { enableIPConflictDetection: true, agent: { detection: patientDetection } },
  async (probes, t) => {
    const { stage, machine } = probes;
    await probes.addPool("p4", "10.20.0.20-10.20.0.29");
    await probes.addPool("p6", "fd00:20::20-fd00:20::29");
    const mac = probes.steal("10.20.0.20/24", "10.20.0.21/24", "fd00:20::20/64");

    await t.step("dual stack, both families stolen", async () => {
      const { pod, answer } = await startPod(stage, { name: "one", machine, pools: { v4: ["p4"], v6: ["p6"] } });
      assert.equal(answer.code, 0, answer.result?.msg);
      assert.deepEqual(addressesIn(pod), ["10.20.0.22/24", "fd00:20::21/64"]);
      assert.deepEqual(await endpointAddresses(stage, "one"), ["10.20.0.22/24", "fd00:20::21/64"]);
      const records = await probes.records("p4");
      assert.deepEqual([...records.keys()].toSorted(), ["10.20.0.20", "10.20.0.21", "10.20.0.22"]);
      const { pod: holder, podUid, mac: noted } = records.get("10.20.0.20") as unknown as Record<string, string>;
      assert.deepEqual([holder, noted], ["default/one/quarantine", mac]);
      assert.match(podUid ?? "", /^quarantine:20/);
      const events = await probes.events("IPConflict", 3);
      assert.ok(events.some(({ message = "" }) => message.includes("10.20.0.20") && message.includes(mac)), "Event");
      assert.equal((await stopPod(stage, pod)).code, 0);
      const held = Object.values((await poolState(stage, "p4")).holders);
      assert.deepEqual(held, ["default/one/quarantine", "default/one/quarantine"]);
    });

    await t.step("twenty at once on a pool with five stolen addresses all succeed", async () => {
      await probes.addPool("many", "10.20.0.100-10.20.0.139");
      const taken = [0, 1, 3, 6, 9].map((i) => `10.20.0.${100 + i}`);
      probes.steal(...taken.map((address) => `${address}/24`));
      const names = Array.from({ length: 20 }, (_, i) => `many-${i}`);
      const reports = await Promise.all(
        names.map((name) => startPod(stage, { name, machine, pools: { v4: ["many"] } })),
      );
      const refused = reports.filter(({ answer }) => answer.code !== 0).map(({ answer }) => messageOf(answer));
      assert.deepEqual(refused, []);
      const given = reports.flatMap(({ pod }) => addressesIn(pod)).map((address) => address.split("/")[0] ?? "");
      assert.equal(new Set(given).size, 20);
      assert.deepEqual(given.filter((address) => taken.includes(address)), []);
      const records = await probes.records("many");
      const aside = [...records].filter(([, record]) => record.podUid.startsWith("quarantine:")).map(([key]) => key);
      assert.deepEqual(aside.toSorted(), taken);
      assert.equal(records.size, 25);
      for (const { pod } of reports) assert.equal((await stopPod(stage, pod)).code, 0);
    });

    await t.step("a Pod of a StatefulSet keeps its address, and its ADD fails with the MAC", async () => {
      await probes.addPool("fixed", "10.20.0.200-10.20.0.203");
      probes.steal("10.20.0.200/24");
      const pod = await statefulPod(probes, "db");
      const { answer } = await addPod(stage, pod);
      assert.deepEqual(messageOf(answer), [102, `ip conflict: 10.20.0.200 on eth0 is in use by ${mac}`]);
      assert.match(answer.result?.details ?? "", /the addresses of a StatefulSet are fixed/);
      assert.deepEqual((await poolState(stage, "fixed")).holders, { "10.20.0.200": "default/db-0" });
    });

    await t.step("all addresses stolen: the reason, and nothing held", async () => {
      await probes.addPool("gone", "10.20.0.210-10.20.0.211");
      probes.steal("10.20.0.210/24", "10.20.0.211/24");
      const { pod, answer } = await startPod(stage, { name: "poor", machine, pools: { v4: ["gone"], v6: ["p6"] } });
      assert.equal(answer.code, 1);
      assert.match(answer.result?.msg ?? "", /^spiderpool IP allocation error: .*IPPool "gone"/);
      assert.match(answer.result?.details ?? "", /^ip conflict: 10\.20\.0\.21[01] on eth0 is in use by /);
      const holders = { ...(await poolState(stage, "gone")).holders, ...(await poolState(stage, "p6")).holders };
      assert.deepEqual(Object.values(holders).filter((holder) => holder === "default/poor"), []);
      assert.deepEqual(await endpointAddresses(stage, "poor"), []);
      assert.equal((await stopPod(stage, pod)).code, 0);
    });

    await t.step("kill -9 while the network is asked: DEL gives everything back, a new ADD works", async () => {
      await probes.addPool("killed", "10.20.0.220-10.20.0.223");
      const { pod } = await killedWhileAsking(probes, { name: "victim", pool: "killed", address: "10.20.0.220" });
      assert.deepEqual((await poolState(stage, "killed")).holders, { "10.20.0.220": "default/victim" });
      assert.equal((await stopPod(stage, pod)).code, 0);
      assert.deepEqual((await poolState(stage, "killed")).holders, {});
      const again = await startPod(stage, { name: "victim", machine, pools: { v4: ["killed"] } });
      assert.equal(again.answer.code, 0, again.answer.result?.msg);
      assert.equal((await stopPod(stage, again.pod)).code, 0);
    });
  },
);

async function statefulPod({ stage, machine }: ProbeStage, name: string): Promise<StagePod> {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "app", image: "app" }] } };
  const set = await stage.client(statefulSets).create({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace: "default" },
    spec: { serviceName: name, replicas: 1, selector: { matchLabels: labels }, template },
  } as never);
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name, uid: set.metadata.uid ?? "", controller: true };
  const object: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-0`, namespace: "default", labels, ownerReferences: [owner] },
    spec: { nodeName: machine.name, containers: [{ name: "app", image: "app" }] },
  };
  const { metadata } = await stage.client(pods).create(object);
  const netns = stage.lan.addPod(`${name}-0`);
  const rest = { containerId: `${name}-0-sandbox`, pools: { v4: ["fixed"] } };
  return { name: `${name}-0`, machine, uid: metadata.uid ?? "", netns, ...rest };
}

/** Starts a Pod and kills its plugins as soon as the ARP probe for `address` is on the wire. */
async function killedWhileAsking(
  { stage, machine }: ProbeStage,
  { name, pool, address }: { name: string; pool: string; address: string },
) {
  using tap = withNetns(`/var/run/netns/${stage.lan.nodes[1]?.netns}`, () => {
    using nl = openRouteNetlink();
    return new PacketSocket({ ifname: "eth0", index: nl.linkByName("eth0").index, protocol: ETH_P.ARP });
  });
  const started = startPod(stage, { name, machine, pools: { v4: [pool] } });
  const target = bytesOfAddress(parseAddress(address)).toHex();
  await Promise.race([started, frameAt(tap, (hex) => hex.endsWith(target))]);
  for (const pid of pluginsOf(name)) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (err) {
      if (!(err instanceof Deno.errors.NotFound)) throw err; // it ended by itself
    }
  }
  const report = await started;
  assert.notEqual(report.answer.code, 0, "the ADD ended before it was killed");
  return report;
}

/** Processes that this test's ADD of a Pod started: their environment names its sandbox. */
function pluginsOf(name: string): number[] {
  const pids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/environ`).includes(`CNI_CONTAINERID=${name}-sandbox\0`);
    } catch {
      return false; // it has ended, or is a kernel thread
    }
  });
}

for (const silentGateway of ["fail", "warn"]) {
  stageTest(
    `a silent gateway, agent.detection.silentGateway: ${silentGateway}`,
    { enableGatewayDetection: true, agent: { detection: { interval: "30ms", linkWait: "20s", silentGateway } } },
    async ({ stage, machine }) => {
      const pools = { v4: ["lan-v4"], v6: ["lan-v6"] };
      const { pod, answer } = await startPod(stage, { name: "one", machine, pools });
      if (silentGateway === "warn") {
        assert.equal(answer.code, 0, answer.result?.msg);
      } else {
        const want = "gateway 10.20.0.1 of eth0 is unreachable, gateway fd00:20::1 of eth0 is unreachable";
        assert.deepEqual(messageOf(answer), [103, want]);
        assert.deepEqual((await poolState(stage, "lan-v4")).holders, {});
        assert.deepEqual((await poolState(stage, "lan-v6")).holders, {});
      }
      assert.equal((await stopPod(stage, pod)).code, 0);
    },
  );
}

stageTest(
  "a gateway that answers, asked alone",
  { enableGatewayDetection: true, agent: { detection: patientDetection } },
  async (probes) => {
    const { stage, machine } = probes;
    probes.steal("10.20.0.1/24", "fd00:20::1/64");
    const { pod, answer } = await startPod(stage, { name: "one", machine, pools: { v4: ["lan-v4"], v6: ["lan-v6"] } });
    assert.equal(answer.code, 0, answer.result?.msg);
    assert.deepEqual(addressesIn(pod), ["10.20.0.10/24", "fd00:20::10/64"]);
    assert.equal((await stopPod(stage, pod)).code, 0);
  },
);
