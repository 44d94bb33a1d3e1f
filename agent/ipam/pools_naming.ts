import { PoolRecords } from "../../crd/ipam/records.ts";
import type { IpamDeps } from "./deps.ts";

/** One pool that holds records of a UID. */
export interface NamingPool {
  readonly pool: string;
  /** `namespace/name` of each of its records. */
  readonly pods: readonly string[];
}

/** Pools whose records name `podUid`, by one list of all pools. */
export async function poolsNaming(
  { reads }: Pick<IpamDeps, "reads">,
  podUid: string,
  signal: AbortSignal,
): Promise<readonly NamingPool[]> {
  const { items } = await reads.pools.listAll({ pageSize: 50, signal });
  const naming = items.filter(({ status }) => status?.allocatedIPs?.includes(JSON.stringify(podUid)));
  return naming.map(({ metadata, status }) => ({
    pool: metadata.name,
    pods: podsOf(status?.allocatedIPs, podUid),
  }));
}

/** Records that cannot be read name nobody; who frees them says so. */
function podsOf(text: string | undefined, podUid: string): readonly string[] {
  try {
    const records = [...PoolRecords.parse(text).entries()];
    return records.flatMap(({ record }) => record.podUid === podUid ? [record.pod] : []);
  } catch {
    return [];
  }
}
