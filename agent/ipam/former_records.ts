import { formatAddress } from "../../net/ip/address.ts";
import type { IpamResult } from "../../crd/ipam/answer.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { IpamDeps } from "./deps.ts";

/**
 * Under which UIDs pools record `results` for the name `pod`, and in which pools, as the API server has them now. An
 * owner with fixed addresses is a name: an incarnation that took them over and died before it wrote the endpoint left
 * its own UID. What is recorded for another name is nobody's business here.
 *
 * @param what `pod`: `namespace/name` as records have it
 */
export async function holdersOf(
  { pools }: Pick<IpamDeps["reads"], "pools">,
  { pod, results }: { readonly pod: string; readonly results: readonly IpamResult[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const holders = new Map<string, string[]>();
  for (const name of new Set(results.map(({ pool }) => pool))) {
    const records = PoolRecords.parse((await pools.tryGet({ name }, { signal }))?.status?.allocatedIPs);
    const own = results.filter(({ pool }) => pool === name).map(({ address }) => records.get(formatAddress(address)));
    const uids = own.flatMap((record) => record?.pod === pod ? [record.podUid] : []);
    for (const uid of new Set(uids)) holders.set(uid, [...holders.get(uid) ?? [], name]);
  }
  return holders;
}
