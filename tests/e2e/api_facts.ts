/** Pods, pools and endpoints of an API server as facts. */
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint, SpiderIPPool } from "../../crd/generated/mod.ts";
import { poolShapeOf } from "../../crd/ipam/pool_view.ts";
import { quarantineOf } from "../../crd/ipam/quarantine.ts";
import { nicOfRecord } from "../../crd/ipam/record.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import { formatAddress, parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import type { EndpointFact, PodFact, PoolFact } from "./facts.ts";

/** What is compared of a Pod. */
export function podFactOf({ metadata, spec, status }: Pod): PodFact {
  return {
    key: `${metadata.namespace}/${metadata.name}`,
    uid: metadata.uid ?? "",
    phase: status?.phase ?? "Pending",
    isReady: (status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True"),
    isTerminating: metadata.deletionTimestamp !== undefined,
    hostNetwork: spec.hostNetwork ?? false,
    addresses: (status?.podIPs ?? []).map(({ ip }) => formatAddress(parseAddress(ip))),
  };
}

/** What is compared of a pool. @throws {Error} if its subnet or its records cannot be read */
export function poolFactOf(pool: SpiderIPPool): PoolFact {
  const { subnet, offered } = poolShapeOf(pool);
  const entries = [...PoolRecords.parse(pool.status?.allocatedIPs).entries()];
  const held = entries.filter(({ record }) => quarantineOf(record) === undefined);
  return {
    name: pool.metadata.name,
    subnet,
    offered,
    count: pool.status?.allocatedIPCount ?? 0,
    records: held.map(({ key, record }) => ({
      address: key,
      pod: record.pod,
      podUid: record.podUid,
      nic: nicOfRecord(record),
    })),
    quarantined: entries.length - held.length,
  };
}

/** What is compared of an endpoint. */
export function endpointFactOf({ metadata, status }: SpiderEndpoint): EndpointFact {
  const ips = status?.current.ips ?? [];
  return {
    key: `${metadata.namespace}/${metadata.name}`,
    podUid: status?.current.uid ?? "",
    entries: ips.flatMap(({ interface: nic, ipv4, ipv4Pool, ipv6, ipv6Pool }) => [
      ...entryOf(nic, { text: ipv4, pool: ipv4Pool }),
      ...entryOf(nic, { text: ipv6, pool: ipv6Pool }),
    ]),
  };
}

function entryOf(
  nic: string,
  { text, pool = "" }: { readonly text: string | undefined; readonly pool: string | undefined },
): EndpointFact["entries"] {
  return text === undefined || text === "" ? [] : [{ nic, pool, address: formatAddress(parsePrefix(text).address) }];
}
