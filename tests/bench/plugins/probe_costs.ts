/** What asking the network adds to an ADD in which nobody has the address and the gateway answers. */
import { defaultProbeSettings } from "../../../net/probe/mod.ts";
import { TestAttachment } from "../../cni/attachment.ts";
import { ProbeSegment } from "../../kernel/probe_segment.ts";
import { median } from "../stats.ts";

/** Medians of one kind of ADD. */
export interface ProbeCostRow {
  readonly families: string;
  readonly probes: string;
  readonly medianMs: number;
  /** More than the same ADD without probes. */
  readonly addedMs: number;
  /** That, without the wait for an answer that must not come. */
  readonly overWaitMs: number;
}

const flags = { enableIPConflictDetection: true, enableGatewayDetection: true };
const conflictOnly = { ...flags, enableGatewayDetection: false };
const v4 = { version: 4, address: "10.20.0.10/24", nic: "eth0", gateway: "10.20.0.1" };
const v6 = { version: 6, address: "fd00:20::10/64", nic: "eth0", gateway: "fd00:20::1" };

const kinds = [
  { families: "IPv4 and IPv6", probes: "none", ips: [v4, v6] },
  { families: "IPv4", probes: "conflict", ips: [{ ...v4, ...conflictOnly }] },
  { families: "IPv6", probes: "conflict", ips: [{ ...v6, ...conflictOnly }] },
  { families: "IPv4", probes: "conflict and gateway", ips: [{ ...v4, ...flags }] },
  { families: "IPv6", probes: "conflict and gateway", ips: [{ ...v6, ...flags }] },
  { families: "IPv4 and IPv6", probes: "conflict and gateway", ips: [{ ...v4, ...flags }, { ...v6, ...flags }] },
];

/** The wait that nothing can shorten, in milliseconds: all families wait at the same time. */
export const PROBE_WAIT_MS = defaultProbeSettings.intervalMs * defaultProbeSettings.conflictProbes;

/** Calls the plugin `rounds` times for each kind, in turns. The link is down before each ADD, as a main plugin leaves it. */
export async function measureProbeCosts({ rounds }: { readonly rounds: number }): Promise<readonly ProbeCostRow[]> {
  let ips: readonly unknown[] = [];
  await using attachment = new TestAttachment(({ line }) =>
    line === "POST /v1/ipam/ip" ? { status: 200, json: { ips, routes: null } } : { status: 200 }
  );
  using segment = new ProbeSegment(attachment.netns);
  for (const address of ["10.20.0.1/24", "fd00:20::1/64"]) segment.addHostAddress(address);
  const samples = kinds.map((): number[] => []);
  for (let round = -1; round < rounds; round++) { // the first one compiles
    for (const [i, kind] of kinds.entries()) {
      ips = kind.ips;
      attachment.netns.ip("link", "set", "eth0", "down");
      const ms = await timedAdd(attachment);
      if (round >= 0) samples[i]?.push(ms);
    }
  }
  return rowsOf(samples);
}

function rowsOf(samples: readonly (readonly number[])[]): ProbeCostRow[] {
  const medians = samples.map(median);
  return kinds.map(({ families, probes }, i) => {
    const medianMs = medians[i] ?? NaN;
    const addedMs = medianMs - (medians[0] ?? NaN);
    return { families, probes, medianMs, addedMs, overWaitMs: probes === "none" ? 0 : addedMs - PROBE_WAIT_MS };
  });
}

async function timedAdd(attachment: TestAttachment): Promise<number> {
  const startMs = performance.now();
  const { code, stdout } = await attachment.call("ADD");
  const ms = performance.now() - startMs;
  if (code !== 0) throw new Error(`Cannot measure an ADD with probes: it says ${stdout}`);
  return ms;
}
