/** What the network is asked, byte by byte, and how its answers are judged. */
import assert from "node:assert/strict";
import { writeSysctl } from "../../net/host/mod.ts";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import { conflictProbe, defaultProbeSettings, encodeArp, encodeFrame, LinkProbe } from "../../net/probe/mod.ts";
import { ARPOP, ETH_P } from "../../net/uapi/mod.ts";
import { joinBytes, parseMac } from "../../net/wire/mod.ts";
import {
  both,
  detectOn,
  framesOf,
  gateway4,
  gateways,
  hasty,
  isUp,
  nothing,
  patient,
  segmentTest,
  v4,
  v6,
} from "./probe_case.ts";
import { arrived, frameAt, HOST_MAC, POD_MAC } from "./probe_segment.ts";

segmentTest(
  "plugins row 37: nobody answers: no conflict, the link is up, and the RFCs' bytes were sent",
  async (segment, pod) => {
    using tap = segment.tap();
    assert.equal(isUp(pod), false);
    assert.deepEqual(await detectOn(pod, both), nothing);
    assert.equal(isUp(pod), true);
    const frames = await arrived(tap, { count: 2 });
    assert.deepEqual(frames.toSorted(), framesOf("arpProbe", "duplicateDetection").toSorted());
  },
);

segmentTest(
  "probes of both families are on their way before the first wait ends, and are repeated",
  async (segment, pod) => {
    using tap = segment.tap();
    assert.deepEqual(await detectOn(pod, both, { ...hasty, conflictProbes: 3 }), nothing);
    const frames = await arrived(tap, { count: 6 });
    assert.deepEqual(frames.slice(0, 2).toSorted(), framesOf("arpProbe", "duplicateDetection").toSorted());
    assert.deepEqual(frames.toSorted(), Array(3).fill(framesOf("arpProbe", "duplicateDetection")).flat().toSorted());
  },
);

segmentTest("plugins row 38, 39: another host that has the address is named with its MAC", async (segment, pod) => {
  segment.addHostAddress("10.20.0.10/24");
  segment.addHostAddress("fd00:20::10/64");
  assert.deepEqual(await detectOn(pod, both, patient), {
    conflicts: [`10.20.0.10 ${HOST_MAC}`, `fd00:20::10 ${HOST_MAC}`],
    unreachable: [],
  });
});

segmentTest("an impostor of one family leaves the other family's address alone", async (segment, pod) => {
  segment.addHostAddress("fd00:20::10/64");
  await segment.raise(); // the silence of the other family ends the wait
  assert.deepEqual(await detectOn(pod, both, { intervalMs: 500, conflictProbes: 4 }), {
    conflicts: [`fd00:20::10 ${HOST_MAC}`],
    unreachable: [],
  });
});

for (const address of [v4, v6]) {
  segmentTest(
    `another host that probes for ${formatAddress(address)} at the same time is a conflict`,
    async (segment, pod) => {
      using tap = segment.tap();
      const found = detectOn(pod, [{ address, detectConflict: true }], patient);
      await frameAt(tap, (hex) => framesOf("arpProbe", "duplicateDetection").includes(hex));
      await segment.hostSends();
      tap.send(conflictProbe(address, parseMac(HOST_MAC)));
      assert.deepEqual(await found, { conflicts: [`${formatAddress(address)} ${HOST_MAC}`], unreachable: [] });
    },
  );
}

segmentTest("the Pod's own address on its own link is no conflict", async (_segment, pod) => {
  pod.ip("addr", "add", "10.20.0.10/24", "dev", "eth0");
  pod.ip("addr", "add", "fd00:20::10/64", "dev", "eth0", "nodad");
  assert.deepEqual(await detectOn(pod, both), nothing);
});

segmentTest("plugins row 40: a silent gateway is unreachable after three questions", async (segment, pod) => {
  using tap = segment.tap();
  assert.deepEqual(await detectOn(pod, gateways), { conflicts: [], unreachable: ["10.20.0.1", "fd00:20::1"] });
  const want = Array(3).fill(framesOf("arpGateway", "gatewaySolicitation")).flat();
  assert.deepEqual((await arrived(tap, { count: want.length })).toSorted(), want.toSorted());
});

segmentTest("plugins row 41: a gateway that answers is reachable, after the conflict check", async (segment, pod) => {
  segment.addHostAddress("10.20.0.1/24");
  segment.addHostAddress("fd00:20::1/64");
  using tap = segment.tap();
  assert.deepEqual(await detectOn(pod, gateways, patient), nothing);
  const checked = gateways.map((target) => ({ ...target, detectConflict: true }));
  assert.deepEqual(await detectOn(pod, checked, { intervalMs: 300, gatewayProbes: 10 }), nothing);
  const frames = await arrived(tap, { count: 6 });
  for (
    const [probe, question] of [["arpProbe", "arpGateway"], ["duplicateDetection", "gatewaySolicitation"]] as const
  ) {
    const own = frames.filter((hex) => framesOf(probe, question).includes(hex));
    const turns = own.filter((hex, i) => hex !== own[i - 1]); // a question that was lost is asked again
    assert.deepEqual(turns, framesOf(question, probe, question));
  }
});

segmentTest("a gateway that answers only the second question is reachable", async (segment, pod) => {
  using tap = segment.tap(ETH_P.ARP);
  const isQuestion = (hex: string) => hex === framesOf("arpGateway")[0];
  const found = detectOn(pod, [{ address: v4, detectConflict: false, gateway: gateway4 }], {
    intervalMs: 1_000,
    gatewayProbes: 20,
  });
  await frameAt(tap, isQuestion);
  await frameAt(tap, isQuestion);
  await segment.hostSends();
  tap.send(reply(gateway4));
  assert.deepEqual(await found, nothing);
});

function reply(sender: typeof v4) {
  const [host, pod] = [parseMac(HOST_MAC), parseMac(POD_MAC)];
  const payload = encodeArp({ operation: ARPOP.REPLY, senderMac: host, sender, targetMac: pod, target: v4 });
  return encodeFrame({ destination: pod, source: host, protocol: ETH_P.ARP, payload });
}

segmentTest("a host of another VLAN that shares the wire is no conflict", async (segment, pod) => {
  using tap = segment.tap();
  const found = detectOn(pod, [{ address: v4, detectConflict: true }], { intervalMs: 300 });
  await frameAt(tap, (hex) => hex === framesOf("arpProbe")[0]);
  await segment.hostSends();
  const plain = reply(v4);
  tap.send(joinBytes([plain.subarray(0, 12), Uint8Array.of(0x81, 0x00, 0x00, 0x32), plain.subarray(12)]));
  assert.deepEqual(await found, nothing);
});

segmentTest("IPv6 is asked for on a link that has IPv6 switched off", async (segment, pod) => {
  pod.run(() => writeSysctl("net/ipv6/conf/eth0/disable_ipv6", "1"));
  segment.addHostAddress("fd00:20::10/64");
  segment.addHostAddress("fd00:20::1/64");
  assert.deepEqual(await detectOn(pod, [{ address: v6, detectConflict: true }, gateways[1]!], patient), {
    conflicts: [`fd00:20::10 ${HOST_MAC}`],
    unreachable: [],
  });
});

segmentTest("one LinkProbe asks again about other addresses, and then announces", async (segment, pod) => {
  segment.addHostAddress("10.20.0.10/24");
  segment.addHostAddress("fd00:20::10/64");
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  const settings = { ...defaultProbeSettings, ...patient, linkWaitMs: 60_000 };
  assert.equal((await probe.detect({ targets: both, settings, timeoutMs: 300_000 })).conflicts.length, 2);
  const others = ["10.20.0.11", "fd00:20::11"].map(parseAddress);
  const targets = others.map((address) => ({ address, detectConflict: true }));
  const found = await probe.detect({
    targets,
    settings: { ...settings, ...hasty, conflictProbes: 3 },
    timeoutMs: 300_000,
  });
  assert.deepEqual(found, nothing);
  using tap = segment.tap(ETH_P.ARP);
  assert.equal(probe.announce(others), undefined);
  assert.equal((await arrived(tap, { count: 1 })).length, 1);
});
