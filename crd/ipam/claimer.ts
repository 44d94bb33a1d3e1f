import { type Address, formatAddress } from "../../net/ip/address.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { isUsedOut } from "./errors.ts";
import { FreeAddresses } from "./free_addresses.ts";
import { ownAddress, recordFor, recordMayBeOf } from "./own_record.ts";
import type { PoolLimits } from "./pool_limits.ts";
import type { PoolView } from "./pool_view.ts";
import { formatExpiry, isQuarantineOver, quarantineOf } from "./quarantine.ts";
import type { Reason } from "./reasons.ts";
import type { RecordsDraft } from "./records_draft.ts";
import type { AttachmentIdentity, ClaimOutcome, ClaimRequest, ClaimVerdict } from "./requests.ts";

/** The claims of one batch; what is free is worked out at the first claim that needs it. */
export class Claimer {
  readonly #pool: PoolView;
  readonly #draft: RecordsDraft;
  readonly #limits: PoolLimits;
  /** NICs by the address that this batch gave them: a record without a NIC is not given to two. */
  readonly #given = new Map<string, string>();
  #free: FreeAddresses | undefined;

  constructor(pool: PoolView, draft: RecordsDraft, limits: PoolLimits) {
    this.#pool = pool;
    this.#draft = draft;
    this.#limits = limits;
  }

  /** Writes the claim's record into the draft, or says why not. */
  claim(request: ClaimRequest): ClaimOutcome {
    let verdict = this.#judge(request);
    if (isFull(verdict) && this.#dropOver()) verdict = this.#judge(request);
    if (verdict.kind === "claimed") this.#given.set(formatAddress(verdict.address), request.identity.nic);
    return this.#hasLeftovers(request) ? { ...verdict, hasLeftovers: true } : verdict;
  }

  #judge(request: ClaimRequest): ClaimVerdict {
    return this.#own(request) ?? this.#takeOver(request) ?? this.#refusal(request) ?? this.#take(request);
  }

  /** Whether there were quarantines that are over; they are free now. */
  #dropOver(): boolean {
    const before = this.#draft.size;
    dropQuarantinesThatAreOver(this.#draft, this.#limits.nowMs);
    if (this.#draft.size === before) return false;
    this.#free = undefined;
    return true;
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
  #takeOver({ identity, want, formerUid, otherNics = [] }: ClaimRequest): ClaimVerdict | undefined {
    if (want === undefined || formerUid === undefined || otherNics.includes(formatAddress(want))) return undefined;
    const former = this.#draft.get(formatAddress(want));
    if (former === undefined || quarantineOf(former.record) !== undefined) return undefined;
    if (former.record.pod !== identity.pod) {
      return refused({ code: "record-of-other", address: formatAddress(want), holder: former.record.pod });
    }
    if (!recordMayBeOf(former.record, identity.nic)) return undefined;
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
    const { family } = this.#pool.shape;
    const wanted = want?.family === family ? want.value : undefined;
    const value = this.#freeAddresses().choose({ wanted, except: otherNics });
    if (value === undefined) return refused({ code: "used-out", detail: this.#usedOutDetail() });
    return this.#record({ family, value }, identity);
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
    this.#freeAddresses().take(address.value);
    return { kind: "claimed", address, existing: false };
  }

  #freeAddresses(): FreeAddresses {
    return this.#free ??= freeAddressesOf(this.#pool, this.#draft, this.#limits);
  }

  #usedOutDetail(): string {
    const { shape } = this.#pool;
    const usable = shape.offered.difference(this.#limits.reserved).size;
    const held = shape.offered.size - usable;
    const unread = shape.malformed.length === 0 ? "" : `, spec.ips cannot be read: ${JSON.stringify(shape.malformed)}`;
    const reserved = held === 0n ? "" : `, ${held} more set aside by SpiderReservedIPs`;
    return `${usable} usable${reserved}${quarantineDetail(this.#pool, this.#draft)}${unread}`;
  }
}

/** Drops the records of quarantines that are over. */
export function dropQuarantinesThatAreOver(draft: RecordsDraft, nowMs: number): void {
  for (const { key, record } of draft.quarantined()) {
    const found = quarantineOf(record);
    if (found !== undefined && isQuarantineOver(found, nowMs)) draft.drop(key);
  }
}

function freeAddressesOf({ shape, records }: PoolView, draft: RecordsDraft, limits: PoolLimits): FreeAddresses {
  const before = records.used(shape.family);
  const used = draft.used(shape.family);
  return new FreeAddresses(shape.offered.difference(limits.reserved).difference(used), {
    ranges: shape.ranges,
    recent: limits.recentlyReleased,
    justReleased: before === used ? AddressSet.empty(shape.family) : before.difference(used),
  });
}

/** How many of the addresses are in quarantine, and when the last of them is over. */
function quarantineDetail({ shape: { offered } }: PoolView, draft: RecordsDraft): string {
  const here = draft.quarantined().filter(({ address }) => address !== undefined && offered.has(address.value));
  const all = here.map(({ record }) => quarantineOf(record)?.expiresMs);
  if (all.length === 0) return "";
  const ends = all.filter((expiresMs) => expiresMs !== undefined);
  const until = ends.length === 0 ? "" : ` until ${formatExpiry(ends.reduce((a, b) => Math.max(a, b)))}`;
  return `, ${all.length} of them quarantined${until} after a conflict`;
}

function isFull(verdict: ClaimVerdict): boolean {
  return verdict.kind === "refused" && isUsedOut(verdict.reason);
}

function unreadableExclusions({ shape }: PoolView): Reason {
  const texts = shape.malformedExclusions.map((text) => JSON.stringify(text)).join(", ");
  return { code: "spec-unreadable", field: "spec.excludeIPs", detail: `no IPv${shape.family} range: ${texts}` };
}

function refused(reason: Reason): ClaimVerdict {
  return { kind: "refused", reason };
}
