import type { Address } from "../../net/ip/address.ts";
import type { Reason } from "./reasons.ts";

/** Whose address it is: Pod UID + NIC. `pod` and `node` are written beside it for people and for upstream. */
export interface AttachmentIdentity {
  /** `<namespace>/<name>`, as upstream writes it. */
  readonly pod: string;
  readonly podUid: string;
  readonly nic: string;
  readonly node: string;
}

/** Asks one pool for one address. */
export interface ClaimRequest {
  readonly kind: "claim";
  readonly pool: string;
  /** `metadata.generation` of the spec that the Pod was judged against; another one is answered `stale`. */
  readonly generation: number;
  /** `metadata.uid` of the pool that was judged: one recreated under its name is another pool. */
  readonly poolUid: string;
  readonly identity: AttachmentIdentity;
  /** The address this attachment had before, if known: taken again when it is its own or free. */
  readonly want?: Address;
  /** Canonical addresses that the Pod's other NICs hold, or want to have again: never taken for this NIC's own. */
  readonly otherNics?: readonly string[];
  /**
   * Pod UID of an earlier incarnation with the same name: its record of `want` becomes this attachment's. Only for
   * owners with fixed addresses, after a live GET of the Pod.
   */
  readonly formerUid?: string;
  /** Only looks for a record the attachment has already; takes nothing new. */
  readonly ownOnly?: boolean;
}

/** Gives back what `podUid` holds in one pool: compare-and-delete, nobody else's record is touched. */
export interface ReleaseRequest {
  readonly kind: "release";
  readonly pool: string;
  readonly podUid: string;
  /** Canonical addresses to free; all of the UID when absent. */
  readonly addresses?: readonly string[];
  /** Canonical addresses that stay. */
  readonly keep?: readonly string[];
}

/**
 * Sets addresses of an attachment aside because somebody in the network answered for them (claim protocol, rule 8).
 * Compare-and-swap: an address that is not recorded for this attachment any more is left alone.
 */
export interface QuarantineRequest {
  readonly kind: "quarantine";
  readonly pool: string;
  readonly identity: AttachmentIdentity;
  readonly addresses: readonly ConflictingAddress[];
  /** For how long, in milliseconds from the write on; the writer bounds it. */
  readonly forMs: number;
}

/** An address that somebody else in the network has. */
export interface ConflictingAddress {
  /** Canonical text. */
  readonly address: string;
  /** Link-layer address of who answered, as `aa:bb:cc:dd:ee:ff`. */
  readonly mac?: string;
}

/** Any request to a pool. */
export type PoolRequest = ClaimRequest | ReleaseRequest | QuarantineRequest;

/** Answer to a {@linkcode PoolRequest}. */
export type PoolOutcome = ClaimOutcome | ReleaseOutcome | QuarantineOutcome;

/** Answer to a {@linkcode ClaimRequest}. */
export type ClaimOutcome = ClaimVerdict & {
  /**
   * The pool holds records of this Pod that nobody can tell a NIC of: upstream dropped it, of a write whose answer was
   * lost. Whoever ends the ADD frees what the endpoint does not list then.
   */
  readonly hasLeftovers?: true;
};

/** What became of a {@linkcode ClaimRequest} itself. */
export type ClaimVerdict =
  /** `existing`: the record was there before, from an earlier request or a write whose answer was lost. */
  | { readonly kind: "claimed"; readonly address: Address; readonly existing: boolean }
  | { readonly kind: "refused"; readonly reason: Reason }
  /**
   * The wanted address is recorded for this name, but for neither this incarnation nor `formerUid`: an ADD in between
   * re-owned it and failed. Make sure that the Pod still has the name, then ask again with this UID as `formerUid`.
   */
  | { readonly kind: "other-incarnation"; readonly podUid: string }
  /** `ownOnly` found nothing. */
  | { readonly kind: "none" }
  /** The pool's spec is another than the one that was judged: judge again. */
  | { readonly kind: "stale" };

/** Answer to a {@linkcode ReleaseRequest}: the addresses that were freed, in byte order. */
export interface ReleaseOutcome {
  readonly kind: "released";
  readonly addresses: readonly string[];
}

/** Answer to a {@linkcode QuarantineRequest}. */
export interface QuarantineOutcome {
  readonly kind: "quarantined";
  /** Those of the request that are set aside now, by this request or by an earlier try of it. */
  readonly addresses: readonly QuarantinedAddress[];
}

/** An address that is set aside. */
export interface QuarantinedAddress {
  /** Canonical text. */
  readonly address: string;
  /** Until when, in milliseconds since the epoch; absent when it lasts until somebody removes the record. */
  readonly expiresMs?: number;
}

/** Until when and for whom a request is worth doing. */
export interface RequestOptions {
  /** In milliseconds of `steadyNow()`; checked before each write (claim protocol, rule 3). */
  readonly deadlineMs: number;
  /** Aborted when the caller has gone. A request already being written is finished and answered. */
  readonly signal?: AbortSignal;
  /** Checked with the deadline: whether the request must not be written any more, whatever the time is. */
  readonly isOver?: () => boolean;
}

/**
 * What can be asked of a pool: the one interface behind which a writer in this process or a peer may stand.
 *
 * All reject with {@linkcode DeadlineError}, the signal's reason, or an API error. What was claimed is unknown then:
 * release it, or keep it in the journal.
 */
export interface PoolClaims {
  claim(request: ClaimRequest, options: RequestOptions): Promise<ClaimOutcome>;
  release(request: ReleaseRequest, options: RequestOptions): Promise<ReleaseOutcome>;
  quarantine(request: QuarantineRequest, options: RequestOptions): Promise<QuarantineOutcome>;
}

/** A request's deadline passed before its pool could be written. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  constructor(readonly pool: string, options?: { cause: unknown }) {
    super(`Cannot write IPPool "${pool}" in time: exhaust all retries${causeText(options?.cause)}`, options);
  }
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? `, last: ${cause.message}` : "";
}
