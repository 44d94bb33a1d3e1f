import assert from "node:assert/strict";
import { openNetns, writeSysctl } from "../../net/host/mod.ts";
import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import {
  conflictProbe,
  defaultProbeSettings,
  encodeArp,
  encodeFrame,
  LinkProbe,
  ProbeError,
  type ProbeSettings,
  type ProbeTarget,
} from "../../net/probe/mod.ts";
import { ARPOP, ETH_P } from "../../net/uapi/mod.ts";
import { joinBytes, parseMac } from "../../net/wire/mod.ts";
import { netnsTest, type TestNetns, TestNetns as Netns } from "../shared/netns.ts";
import { captured, frameAt, HOST_MAC, POD_MAC, ProbeSegment } from "./probe_segment.ts";

const v4 = parseAddress("10.20.0.10");
const v6 = parseAddress("fd00:20::10");
const gateway4 = parseAddress("10.20.0.1");
const gateway6 = parseAddress("fd00:20::1");

/** For tests in which everybody is silent. */
const hasty: Partial<ProbeSettings> = { intervalMs: 30 };
/** For tests in which an answer ends the wait: neither a busy machine nor a lost frame must end it first. */
const patient: Partial<ProbeSettings> = { intervalMs: 1_000, conflictProbes: 10, gatewayProbes: 10 };

async function detectOn(
  netns: TestNetns,
  targets: readonly ProbeTarget[],
  settings: Partial<ProbeSettings> = hasty,
) {
  const all = { ...defaultProbeSettings, linkWaitMs: 10_000, ...settings };
  await using probe = new LinkProbe({ netns: netns.path, ifname: "eth0" });
  const { conflicts, unreachable, skipped } = await probe.detect({ targets, settings: all, timeoutMs: 60_000 });
  return {
    conflicts: conflicts.map(({ address, mac }) => `${formatAddress(address)} ${mac}`),
    unreachable: unreachable.map(formatAddress),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

function segmentTest(name: string, body: (segment: ProbeSegment, pod: TestNetns) => Promise<void>): void {
  netnsTest(name, async (pod) => {
    using segment = new ProbeSegment(pod);
    await body(segment, pod);
  });
}

function isUp(pod: TestNetns): boolean {
  using nl = pod.open();
  return nl.linkByName("eth0").up;
}

const nothing = { conflicts: [], unreachable: [] };
const both: ProbeTarget[] = [{ address: v4, detectConflict: true }, { address: v6, detectConflict: true }];
const gateways: ProbeTarget[] = [
  { address: v4, detectConflict: false, gateway: gateway4 },
  { address: v6, detectConflict: false, gateway: gateway6 },
];

/** Frames as RFC 5227, RFC 4862 and RFC 4861 lay them out, from Ethernet's first byte to the last. */
const wire = {
  arpProbe: "ffffffffffff 02005e005301 0806 0001 0800 06 04 0001 02005e005301 00000000 000000000000 0a14000a",
  arpGateway: "ffffffffffff 02005e005301 0806 0001 0800 06 04 0001 02005e005301 0a14000a 000000000000 0a140001",
  arpAnnouncement: "ffffffffffff 02005e005301 0806 0001 0800 06 04 0001 02005e005301 0a14000a 000000000000 0a14000a",
  duplicateDetection: "3333ff000010 02005e005301 86dd 60000000 0018 3a ff 00000000000000000000000000000000 " +
    "ff0200000000000000000001ff000010 87 00 7d67 00000000 fd000020000000000000000000000010",
  gatewaySolicitation: "3333ff000001 02005e005301 86dd 60000000 0020 3a ff fe8000000000000000005efffe005301 " +
    "ff0200000000000000000001ff000001 87 00 1af8 00000000 fd000020000000000000000000000001 01 01 02005e005301",
  unsolicitedAdvertisement: "333300000001 02005e005301 86dd 60000000 0020 3a ff fd000020000000000000000000000010 " +
    "ff020000000000000000000000000001 88 00 a93c 20000000 fd000020000000000000000000000010 02 01 02005e005301",
} as const;

function framesOf(...names: (keyof typeof wire)[]): string[] {
  return names.map((name) => wire[name].replaceAll(" ", ""));
}

segmentTest(
  "plugins row 37: nobody answers: no conflict, the link is up, and the RFCs' bytes were sent",
  async (segment, pod) => {
    using tap = segment.tap();
    assert.equal(isUp(pod), false);
    assert.deepEqual(await detectOn(pod, both), nothing);
    assert.equal(isUp(pod), true);
    assert.deepEqual(captured(tap), framesOf("arpProbe", "duplicateDetection"));
  },
);

segmentTest(
  "probes of both families are on their way before the first wait ends, and are repeated",
  async (segment, pod) => {
    using tap = segment.tap();
    assert.deepEqual(await detectOn(pod, both, { ...hasty, conflictProbes: 3 }), nothing);
    const frames = captured(tap);
    assert.deepEqual(frames.slice(0, 2), framesOf("arpProbe", "duplicateDetection"));
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
  assert.deepEqual(await detectOn(pod, both, { intervalMs: 200, conflictProbes: 4 }), {
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
  assert.deepEqual(captured(tap).toSorted(), want.toSorted());
});

segmentTest("plugins row 41: a gateway that answers is reachable, after the conflict check", async (segment, pod) => {
  segment.addHostAddress("10.20.0.1/24");
  segment.addHostAddress("fd00:20::1/64");
  using tap = segment.tap();
  assert.deepEqual(await detectOn(pod, gateways, patient), nothing);
  const checked = gateways.map((target) => ({ ...target, detectConflict: true }));
  assert.deepEqual(await detectOn(pod, checked, { intervalMs: 300, gatewayProbes: 10 }), nothing);
  const frames = captured(tap);
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
    gatewayProbes: 5,
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

/** Two Pods with macvlan links on one master: only here frames of groups that nobody joined do not come in. */
function macvlanTest(name: string, body: (first: TestNetns, second: TestNetns) => Promise<void>): void {
  netnsTest(name, async (master) => {
    using _segment = new ProbeSegment(master);
    using first = new Netns();
    using second = new Netns();
    using nl = master.open();
    const parentIndex = nl.linkByName("eth0").index;
    nl.setLinkUp(parentIndex);
    for (const [i, pod] of [first, second].entries()) {
      using target = openNetns(pod.path);
      const address = parseMac(`02:00:5e:00:53:1${i}`);
      nl.createMacvlan({ name: "eth0", parentIndex, mode: "bridge", netns: target, address });
    }
    second.ip("link", "set", "eth0", "up");
    await body(first, second);
  });
}

for (const disabled of ["0", "1"]) {
  macvlanTest(
    `macvlan: another Pod of the master is an impostor, disable_ipv6 = ${disabled}`,
    async (first, second) => {
      first.run(() => writeSysctl("net/ipv6/conf/eth0/disable_ipv6", disabled));
      second.ip("addr", "add", "10.20.0.10/24", "dev", "eth0");
      second.ip("addr", "add", "fd00:20::10/64", "dev", "eth0", "nodad");
      assert.deepEqual(await detectOn(first, both, patient), {
        conflicts: ["10.20.0.10 02:00:5e:00:53:11", "fd00:20::10 02:00:5e:00:53:11"],
        unreachable: [],
      });
    },
  );
}

macvlanTest("macvlan: of two Pods that probe for one address at once, one sees the other", async (first, second) => {
  const found = await Promise.all([first, second].map((pod) => detectOn(pod, both, { intervalMs: 1_000 })));
  const [mac1, mac2] = ["02:00:5e:00:53:10", "02:00:5e:00:53:11"];
  // whose probe went out before the other one listened may see nothing
  for (const [i, { conflicts }] of found.entries()) {
    const other = i === 0 ? mac2 : mac1;
    assert.ok(conflicts.every((conflict) => conflict.endsWith(` ${other}`)), `${conflicts}`);
  }
  const seen = new Set(found.flatMap(({ conflicts }) => conflicts.map((conflict) => conflict.split(" ")[0])));
  assert.deepEqual([...seen].toSorted(), ["10.20.0.10", "fd00:20::10"]);
});

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (err) {
    if (err instanceof ProbeError) return err.reason;
    throw err;
  }
  return "none";
}

segmentTest("a link without a carrier is told after the wait", async (segment, pod) => {
  segment.setHostLink(false);
  assert.equal(await refusal(detectOn(pod, both, { linkWaitMs: 50 })), "no carrier");
});

segmentTest("a carrier that comes late is waited for", async (segment, pod) => {
  segment.setHostLink(false);
  segment.addHostAddress("10.20.0.10/24");
  const found = detectOn(pod, both.slice(0, 1), { ...patient, linkWaitMs: 30_000 });
  segment.setHostLink(true); // after the first look, which is made before anything is waited for
  assert.deepEqual(await found, { conflicts: [`10.20.0.10 ${HOST_MAC}`], unreachable: [] });
});

segmentTest("a link that goes down while it is asked is no silence", async (segment, pod) => {
  using tap = segment.tap();
  const found = refusal(detectOn(pod, both.slice(0, 1), { intervalMs: 3_000 }));
  await frameAt(tap, (hex) => hex === framesOf("arpProbe")[0]);
  pod.ip("link", "set", "eth0", "down");
  assert.match(await found, /^cannot (send|receive)$/);
});

netnsTest("a link that is missing is named", async (pod) => {
  await assert.rejects(detectOn(pod, both), /^ProbeError: Cannot probe on eth0: there is no such link$/);
});

segmentTest("a link without ARP is left alone", async (_segment, pod) => {
  pod.ip("link", "set", "eth0", "arp", "off");
  const { skipped } = await detectOn(pod, both);
  assert.match(skipped ?? "", /NOARP/);
  assert.equal(isUp(pod), false);
});

segmentTest("an overall deadline ends it", async (_segment, pod) => {
  const settings = { ...defaultProbeSettings, linkWaitMs: 100, intervalMs: 30_000 };
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  const work = probe.detect({ targets: both, settings, timeoutMs: 300 });
  assert.equal(await refusal(work), "deadline");
});

segmentTest("announce() sends one frame for each address, with the RFCs' bytes", async (segment, pod) => {
  pod.ip("link", "set", "eth0", "up");
  using tap = segment.tap();
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  assert.equal(probe.announce([v4, v6]), undefined);
  assert.deepEqual(captured(tap), framesOf("arpAnnouncement", "unsolicitedAdvertisement"));
});

segmentTest("announce() leaves a link that is down as it is", async (segment, pod) => {
  using tap = segment.tap();
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  assert.match(probe.announce([v4, v6]) ?? "", /down/);
  assert.deepEqual([captured(tap), isUp(pod)], [[], false]);
});

segmentTest("one LinkProbe asks again about other addresses, and then announces", async (segment, pod) => {
  segment.addHostAddress("10.20.0.10/24");
  segment.addHostAddress("fd00:20::10/64");
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  const settings = { ...defaultProbeSettings, ...patient, linkWaitMs: 10_000 };
  assert.equal((await probe.detect({ targets: both, settings, timeoutMs: 60_000 })).conflicts.length, 2);
  const others = ["10.20.0.11", "fd00:20::11"].map(parseAddress);
  const targets = others.map((address) => ({ address, detectConflict: true }));
  const found = await probe.detect({
    targets,
    settings: { ...settings, ...hasty, conflictProbes: 3 },
    timeoutMs: 60_000,
  });
  assert.deepEqual(found, nothing);
  using tap = segment.tap(ETH_P.ARP);
  assert.equal(probe.announce(others), undefined);
  assert.equal(captured(tap).length, 1);
});
