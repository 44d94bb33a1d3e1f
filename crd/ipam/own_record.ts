import type { Address, Family } from "../../net/ip/address.ts";
import { nicOfRecord, type PoolRecord } from "./record.ts";
import type { RecordsDraft } from "./records_draft.ts";
import type { AttachmentIdentity, ClaimRequest } from "./requests.ts";

/** What {@linkcode ownAddress} goes by besides the request. */
export interface OwnAddressQuery extends ClaimRequest {
  /** Of the pool. */
  readonly family: Family;
  /** Whether nobody else was given this address (canonical text) meanwhile. */
  readonly mayHave: (address: string) => boolean;
}

/**
 * The address this attachment holds already. A record without a NIC is `eth0`'s, or another NIC's after a write by
 * upstream: `want` and `otherNics`, which come from the SpiderEndpoint and from the ADD itself, tell those apart.
 */
export function ownAddress(
  draft: RecordsDraft,
  { identity, want, otherNics = [], family, mayHave }: OwnAddressQuery,
): Address | undefined {
  const mine = draft.ofUid(identity.podUid).flatMap(({ key, address, record }) =>
    address?.family === family && !otherNics.includes(key) && mayHave(key) ? [{ address, record }] : []
  );
  const wanted = mine.find(({ address, record }) =>
    want?.family === family && address.value === want.value && recordMayBeOf(record, identity.nic)
  );
  return (wanted ?? mine.find(({ record }) => nicOfRecord(record) === identity.nic))?.address;
}

/** Whether the record does not name another NIC than `nic`. */
export function recordMayBeOf(record: PoolRecord, nic: string): boolean {
  return (record.nic ?? nic) === nic;
}

/** The record that says that `identity` holds an address. */
export function recordFor({ pod, podUid, nic, node }: AttachmentIdentity): PoolRecord {
  return nic === "eth0" ? { pod, podUid, node } : { pod, podUid, nic, node };
}
