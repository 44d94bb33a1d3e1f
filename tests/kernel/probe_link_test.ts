/** Probes on links without carrier, without ARP, or missing; announcements. */
import assert from "node:assert/strict";
import { defaultProbeSettings, LinkProbe } from "../../net/probe/mod.ts";
import { netnsTest } from "../shared/netns.ts";
import { both, detectOn, framesOf, isUp, patient, refusal, segmentTest, v4, v6 } from "./probe_case.ts";
import { arrived, captured, frameAt, HOST_MAC } from "./probe_segment.ts";

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
  const found = refusal(detectOn(pod, both.slice(0, 1), { ...patient, intervalMs: 3_000 }));
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

segmentTest("an overall deadline ends it", async (segment, pod) => {
  await segment.raise(); // else the wait for the link may end first
  const settings = { ...defaultProbeSettings, intervalMs: 30_000 };
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  const work = probe.detect({ targets: both, settings, timeoutMs: 300 });
  assert.equal(await refusal(work), "deadline");
});

segmentTest("announce() sends one frame for each address, with the RFCs' bytes", async (segment, pod) => {
  await segment.raise();
  using tap = segment.tap();
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  assert.equal(probe.announce([v4, v6]), undefined);
  const frames = await arrived(tap, { count: 2 });
  assert.deepEqual(frames.toSorted(), framesOf("arpAnnouncement", "unsolicitedAdvertisement").toSorted());
});

segmentTest("announce() leaves a link that is down as it is", async (segment, pod) => {
  using tap = segment.tap();
  await using probe = new LinkProbe({ netns: pod.path, ifname: "eth0" });
  assert.match(probe.announce([v4, v6]) ?? "", /down/);
  assert.deepEqual([captured(tap), isUp(pod)], [[], false]);
});
