import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import {
  defaultProbeSettings,
  LinkProbe,
  ProbeError,
  type ProbeSettings,
  type ProbeTarget,
} from "../../net/probe/mod.ts";
import { netnsTest, type TestNetns } from "../shared/netns.ts";
import { ProbeSegment } from "./probe_segment.ts";

/** Addresses that are asked for, and gateways. */
export const v4 = parseAddress("10.20.0.10");
export const v6 = parseAddress("fd00:20::10");
export const gateway4 = parseAddress("10.20.0.1");
export const gateway6 = parseAddress("fd00:20::1");

/** For tests in which everybody is silent. */
export const hasty: Partial<ProbeSettings> = { intervalMs: 30 };
/** For tests in which an answer ends the wait: neither a busy machine nor a lost frame must end it first. */
export const patient: Partial<ProbeSettings> = { intervalMs: 1_000, conflictProbes: 10, gatewayProbes: 10 };

/** Asks on `eth0` of a namespace; texts instead of addresses. */
export async function detectOn(
  netns: TestNetns,
  targets: readonly ProbeTarget[],
  settings: Partial<ProbeSettings> = hasty,
) {
  const all = { ...defaultProbeSettings, linkWaitMs: 60_000, ...settings };
  await using probe = new LinkProbe({ netns: netns.path, ifname: "eth0" });
  const { conflicts, unreachable, skipped } = await probe.detect({ targets, settings: all, timeoutMs: 300_000 });
  return {
    conflicts: conflicts.map(({ address, mac }) => `${formatAddress(address)} ${mac}`),
    unreachable: unreachable.map(formatAddress),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

/** Registers a test that gets a wire between a Pod and another host. */
export function segmentTest(name: string, body: (segment: ProbeSegment, pod: TestNetns) => Promise<void>): void {
  netnsTest(name, async (pod) => {
    using segment = new ProbeSegment(pod);
    await body(segment, pod);
  });
}

/** Whether `eth0` is. */
export function isUp(pod: TestNetns): boolean {
  using nl = pod.open();
  return nl.linkByName("eth0").up;
}

/** What there is to tell when nobody answers and no gateway was asked for. */
export const nothing = { conflicts: [], unreachable: [] };
/** Questions about both addresses. */
export const both: ProbeTarget[] = [{ address: v4, detectConflict: true }, { address: v6, detectConflict: true }];
/** Questions about both gateways. */
export const gateways: ProbeTarget[] = [
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

/** Frames by name, in hexadecimal. */
export function framesOf(...names: (keyof typeof wire)[]): string[] {
  return names.map((name) => wire[name].replaceAll(" ", ""));
}

/** Why a probe failed; `none` if it did not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (err) {
    if (err instanceof ProbeError) return err.reason;
    throw err;
  }
  return "none";
}
