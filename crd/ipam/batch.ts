import { formatAddress } from "../../net/ip/address.ts";
import { Claimer, dropQuarantinesThatAreOver } from "./claimer.ts";
import { recordMayBeOf } from "./own_record.ts";
import type { PoolLimits } from "./pool_limits.ts";
import type { PoolView } from "./pool_view.ts";
import { isQuarantineFor, MAX_QUARANTINE_MS, quarantineOf, quarantineRecord } from "./quarantine.ts";
import type { RecordEntry } from "./record.ts";
import type { PoolRecords } from "./records.ts";
import type { RecordsDraft } from "./records_draft.ts";
import type {
  PoolOutcome,
  PoolRequest,
  QuarantinedAddress,
  QuarantineOutcome,
  QuarantineRequest,
  ReleaseOutcome,
  ReleaseRequest,
} from "./requests.ts";

export type { PoolLimits } from "./pool_limits.ts";

/** What {@linkcode planBatch} decided. */
export interface BatchPlan {
  /** The pool's records afterwards; the same object when nothing is to be written. */
  readonly records: PoolRecords;
  /** One outcome a request, in their order. */
  readonly outcomes: readonly PoolOutcome[];
}

/**
 * Applies requests to a pool's records: releases first, so that what leaves serves who comes, then quarantines, then
 * claims, each kind in order. Releases first also because a release is repeated when its answer was lost: an address
 * that it has freed already may be taken again, but only after it.
 *
 * Each claim gets its own record back, a free address, or a refusal with its reason (spec/ipam.md §7). Whoever writes
 * takes quarantines along that are over; one that is over is no reason to refuse a claim.
 */
export function planBatch(pool: PoolView, requests: readonly PoolRequest[], limits: PoolLimits): BatchPlan {
  const outcomes = new Array<PoolOutcome>(requests.length);
  const records = pool.records.edit((draft) => {
    requests.forEach((request, i) => {
      if (request.kind === "release") outcomes[i] = release(draft, request);
    });
    requests.forEach((request, i) => {
      if (request.kind === "quarantine") outcomes[i] = quarantine(draft, request, limits);
    });
    const claimer = new Claimer(pool, draft, limits);
    requests.forEach((request, i) => {
      if (request.kind === "claim") outcomes[i] = claimer.claim(request);
    });
  });
  if (records === pool.records) return { records, outcomes };
  return { records: records.edit((draft) => dropQuarantines(draft, { pool, nowMs: limits.nowMs })), outcomes };
}

function release(draft: RecordsDraft, request: ReleaseRequest): ReleaseOutcome {
  const entries = draft.ofUid(request.podUid).filter((entry) => {
    const address = addressOf(entry);
    return (request.addresses?.includes(address) ?? true) && !(request.keep?.includes(address) ?? false);
  });
  for (const { key } of entries) draft.drop(key);
  return { kind: "released", addresses: entries.map(addressOf) };
}

/** Canonical text of the entry's address, however its key is spelled. */
function addressOf({ key, address }: RecordEntry): string {
  return address === undefined ? key : formatAddress(address);
}

/** Compare-and-swap: only a record of the attachment itself gives way. One that an earlier try replaced counts. */
function quarantine(draft: RecordsDraft, request: QuarantineRequest, { nowMs }: PoolLimits): QuarantineOutcome {
  const { identity, forMs } = request;
  const expiresMs = nowMs + Math.min(forMs, MAX_QUARANTINE_MS);
  const addresses = request.addresses.flatMap(({ address, mac }): QuarantinedAddress[] => {
    const entry = draft.get(address);
    if (entry?.address === undefined || addressOf(entry) !== address) return []; // no address, or a second record of one
    const { record } = entry;
    if (isQuarantineFor(record, identity.pod)) return [quarantined(address, quarantineOf(record)?.expiresMs)];
    if (record.podUid !== identity.podUid || !recordMayBeOf(record, identity.nic)) return [];
    draft.put(address, quarantineRecord(record, { node: identity.node, mac, expiresMs }));
    return [quarantined(address, expiresMs)];
  });
  return { kind: "quarantined", addresses };
}

function quarantined(address: string, expiresMs: number | undefined): QuarantinedAddress {
  return expiresMs === undefined ? { address } : { address, expiresMs };
}

/** Drops quarantines that are over; in a pool that is being deleted all of them, for nothing else would. */
function dropQuarantines(draft: RecordsDraft, { pool, nowMs }: { pool: PoolView; nowMs: number }): void {
  if (pool.terminating === undefined) return dropQuarantinesThatAreOver(draft, nowMs);
  for (const { key } of draft.quarantined()) draft.drop(key);
}
