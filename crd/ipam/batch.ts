import { type Address, formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { AddressSet } from "../../net/ip/set.ts";
import { chooseAddress } from "./choose.ts";
import { ownAddress, recordFor, recordMayBeOf } from "./own_record.ts";
import type { PoolView } from "./pool_view.ts";
import type { Reason } from "./reasons.ts";
import type { PoolRecords, RecordsDraft } from "./records.ts";
import type {
  AttachmentIdentity,
  ClaimOutcome,
  ClaimRequest,
  ClaimVerdict,
  ReleaseOutcome,
  ReleaseRequest,
} from "./requests.ts";

/** What bounds a pool besides its ranges. */
export interface PoolLimits {
  /** Addresses of SpiderReservedIPs of the pool's family. */
  readonly reserved: AddressSet;
  /** `SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS`. */
  readonly maxRecords: number;
  /** Most bytes of encoded records; etcd refuses objects above 1.5 MiB. */
  readonly maxBytes: number;
}

/** What {@linkcode planBatch} decided. */
export interface BatchPlan {
  /** The pool's records afterwards; the same object when nothing is to be written. */
  readonly records: PoolRecords;
  /** One outcome a request, in their order. */
  readonly outcomes: readonly (ClaimOutcome | ReleaseOutcome)[];
}

/**
 * Applies requests to a pool's records: releases first, so that what leaves serves who comes, then claims in order.
 * Releases first also because a release is repeated when its answer was lost: an address that it has freed already
 * may be taken again, but only after it.
 *
 * Each claim gets its own record back, a free address, or a refusal with its reason (spec/ipam.md §7).
 */
export function planBatch(
  pool: PoolView,
  requests: readonly (ClaimRequest | ReleaseRequest)[],
  limits: PoolLimits,
): BatchPlan {
  const outcomes = new Array<ClaimOutcome | ReleaseOutcome>(requests.length);
  const records = pool.records.edit((draft) => {
    requests.forEach((request, i) => {
      if (request.kind === "release") outcomes[i] = release(draft, request);
    });
    const claimer = new Claimer(pool, draft, limits);
    requests.forEach((request, i) => {
      if (request.kind === "claim") outcomes[i] = claimer.claim(request);
    });
  });
  return { records, outcomes };
}

function release(draft: RecordsDraft, request: ReleaseRequest): ReleaseOutcome {
  const addresses = draft.ofUid(request.podUid).map((entry) => entry.key).filter((address) =>
    (request.addresses?.includes(address) ?? true) && !(request.keep?.includes(address) ?? false)
  );
  for (const address of addresses) draft.drop(address);
  return { kind: "released", addresses };
}

/** The claims of one batch; what is free is worked out at the first claim that needs it. */
class Claimer {
  readonly #pool: PoolView;
  readonly #draft: RecordsDraft;
  readonly #limits: PoolLimits;
  /** NICs by the address that this batch gave them: a record without a NIC is not given to two. */
  readonly #given = new Map<string, string>();
  #free: AddressSet | undefined;

  constructor(pool: PoolView, draft: RecordsDraft, limits: PoolLimits) {
    this.#pool = pool;
    this.#draft = draft;
    this.#limits = limits;
  }

  claim(request: ClaimRequest): ClaimOutcome {
    const verdict = this.#own(request) ?? this.#takeOver(request) ?? this.#refusal(request) ?? this.#take(request);
    if (verdict.kind === "claimed") this.#given.set(formatAddress(verdict.address), request.identity.nic);
    return this.#hasLeftovers(request) ? { ...verdict, hasLeftovers: true } : verdict;
  }

  /** Whether the Pod has records here without a NIC that are not accounted for; see {@linkcode ClaimOutcome}. */
  #hasLeftovers({ identity: { podUid }, otherNics = [], ownOnly }: ClaimRequest): boolean {
    if (ownOnly === true) return false;
    return this.#draft.ofUid(podUid).some(({ key, record }) =>
      record.nic === undefined && !otherNics.includes(key) && !this.#given.has(key)
    );
  }

  #own(request: ClaimRequest): ClaimVerdict | undefined {
    const { nic } = request.identity;
    const address = ownAddress(this.#draft, {
      ...request,
      family: this.#pool.shape.family,
      mayHave: (text) => (this.#given.get(text) ?? nic) === nic,
    });
    if (address !== undefined) return { kind: "claimed", address, existing: true };
    return request.ownOnly === true ? { kind: "none" } : undefined;
  }

  /** Re-owns the record of an earlier incarnation: same name, same address, another UID. */
  #takeOver({ identity, want, formerUid }: ClaimRequest): ClaimVerdict | undefined {
    if (want === undefined || formerUid === undefined) return undefined;
    const former = this.#draft.get(formatAddress(want));
    if (former?.record.pod !== identity.pod || !recordMayBeOf(former.record, identity.nic)) return undefined;
    const { podUid } = former.record;
    if (podUid === identity.podUid) return undefined; // another NIC's, which its endpoint or this batch tells
    if (podUid !== formerUid) return { kind: "other-incarnation", podUid };
    this.#draft.put(former.key, recordFor(identity));
    return { kind: "claimed", address: want, existing: true };
  }

  #refusal({ generation, poolUid }: ClaimRequest): ClaimVerdict | undefined {
    const { shape, terminating, disabled, uid } = this.#pool;
    if (generation !== this.#pool.generation || poolUid !== uid) return { kind: "stale" };
    if (terminating !== undefined) return refused({ code: "terminating", since: terminating });
    if (disabled) return refused({ code: "disabled" });
    if (shape.malformedExclusions.length > 0) return refused(unreadableExclusions(this.#pool));
    const limit = this.#limits.maxRecords;
    return this.#draft.size >= limit ? refused({ code: "record-limit", limit }) : undefined;
  }

  #take({ identity, want, otherNics = [] }: ClaimRequest): ClaimVerdict {
    const free = withoutTexts(this.#freeSet(), otherNics);
    const wanted = want !== undefined && want.family === free.family && free.has(want.value) ? want.value : undefined;
    const value = wanted ?? chooseAddress(this.#pool.shape.ranges, free);
    if (value === undefined) {
      return refused({ code: "used-out", detail: usedOutDetail(this.#pool, this.#limits.reserved) });
    }
    return this.#record({ family: free.family, value }, identity);
  }

  #record(address: Address, identity: AttachmentIdentity): ClaimVerdict {
    const key = formatAddress(address);
    this.#draft.put(key, recordFor(identity));
    const { encodedBytes: bytes } = this.#draft;
    const { maxBytes: limit } = this.#limits;
    if (bytes > limit) {
      this.#draft.drop(key);
      return refused({ code: "record-size", bytes, limit });
    }
    this.#free = this.#freeSet().without(address.value);
    return { kind: "claimed", address, existing: false };
  }

  #freeSet(): AddressSet {
    this.#free ??= freeOf(this.#pool, this.#draft, this.#limits.reserved);
    return this.#free;
  }
}

function freeOf(pool: PoolView, draft: RecordsDraft, reserved: AddressSet): AddressSet {
  return pool.shape.offered.difference(reserved).difference(draft.used(pool.shape.family));
}

function withoutTexts(free: AddressSet, texts: readonly string[]): AddressSet {
  return texts.reduce((rest, text) => {
    const address = tryParseAddress(text);
    return address?.family === rest.family ? rest.without(address.value) : rest;
  }, free);
}

function usedOutDetail({ shape }: PoolView, reserved: AddressSet): string {
  const usable = shape.offered.difference(reserved).size;
  const held = shape.offered.size - usable;
  const unread = shape.malformed.length === 0 ? "" : `, spec.ips cannot be read: ${JSON.stringify(shape.malformed)}`;
  return `${usable} usable${held === 0n ? "" : `, ${held} more set aside by SpiderReservedIPs`}${unread}`;
}

function unreadableExclusions({ shape }: PoolView): Reason {
  const texts = shape.malformedExclusions.map((text) => JSON.stringify(text)).join(", ");
  return { code: "spec-unreadable", field: "spec.excludeIPs", detail: `no IPv${shape.family} range: ${texts}` };
}

function refused(reason: Reason): ClaimVerdict {
  return { kind: "refused", reason };
}
