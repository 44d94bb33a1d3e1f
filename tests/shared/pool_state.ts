import { spiderEndpoints, spiderIPPools } from "../../crd/generated/mod.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { Stage } from "./stage.ts";

/** What a pool's status says. */
export interface PoolState {
  /** `status.allocatedIPs` as it stands. */
  readonly text: string | undefined;
  readonly count: number | undefined;
  /** Holder (`namespace/name`) by address. */
  readonly holders: Readonly<Record<string, string>>;
}

/** Reads a pool's status from the API. */
export async function poolState(stage: Stage, name: string): Promise<PoolState> {
  const { status } = await stage.client(spiderIPPools).get({ name });
  const holders: Record<string, string> = {};
  for (const { key, record } of PoolRecords.parse(status?.allocatedIPs).entries()) holders[key] = record.pod;
  return { text: status?.allocatedIPs, count: status?.allocatedIPCount, holders };
}

/** Addresses that the SpiderEndpoint of a Pod lists, `ip/length`; empty when there is none. */
export async function endpointAddresses(stage: Stage, pod: string): Promise<string[]> {
  const endpoint = await stage.client(spiderEndpoints).tryGet({ namespace: "default", name: pod });
  const entries = endpoint?.status?.current.ips ?? [];
  return entries.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((address) => address !== undefined));
}
