import { formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { Reason } from "../../crd/ipam/reasons.ts";
import type { ClaimOutcome, ClaimVerdict, ReleaseOutcome } from "../../crd/ipam/requests.ts";
import { MAX_REQUESTS } from "./commit_request.ts";
import type { ClockReading } from "./committer_time.ts";
import { type JsonRecord, listAt, numberAt, parseJsonRecord, recordAt, textAt, wrong } from "./wire.ts";

/** What a committer says of one request. */
export type PeerOutcome =
  | ClaimOutcome
  | ReleaseOutcome
  /** It was given up. A write of it that was sent before may still be done, but it is in no further one. */
  | { readonly kind: "failed"; readonly reason: string; readonly isLate: boolean };

/** A committer's answer: one outcome a request, in their order, and its clock. */
export interface CommitAnswer extends ClockReading {
  readonly outcomes: readonly PeerOutcome[];
}

/** The clock alone: the answer to `hello`, and the body of a refusal. */
export function encodeClock({ epoch, nowMs }: ClockReading): string {
  return JSON.stringify({ epoch, nowMs });
}

/**
 * Reads what {@linkcode encodeClock} writes.
 *
 * @throws {PeerFormatError} if `body` is no clock
 */
export function decodeClock(body: string): ClockReading {
  return clockOf(parseJsonRecord(body));
}

/** The answer's body: JSON. */
export function encodeCommitAnswer({ epoch, nowMs, outcomes }: CommitAnswer): string {
  return JSON.stringify({ epoch, nowMs, outcomes: outcomes.map(encodeOutcome) });
}

/**
 * Reads what {@linkcode encodeCommitAnswer} writes.
 *
 * @throws {PeerFormatError} if `body` is no answer of this version
 */
export function decodeCommitAnswer(body: string): CommitAnswer {
  const json = parseJsonRecord(body);
  const outcomes = listAt(json.outcomes, "outcomes", { most: MAX_REQUESTS });
  return { ...clockOf(json), outcomes: outcomes.map((item) => decodeOutcome(recordAt(item, "an outcome"))) };
}

function clockOf(json: JsonRecord): ClockReading {
  return { epoch: textAt(json.epoch, "epoch"), nowMs: numberAt(json.nowMs, "nowMs") };
}

function encodeOutcome(outcome: PeerOutcome): unknown {
  return outcome.kind === "claimed" ? { ...outcome, address: formatAddress(outcome.address) } : outcome;
}

function decodeOutcome(json: JsonRecord): PeerOutcome {
  switch (json.kind) {
    case "released":
      return { kind: "released", addresses: textsAt(json.addresses) };
    case "failed":
      return { kind: "failed", reason: textAt(json.reason, "reason"), isLate: json.isLate === true };
    default:
      return { ...verdictOf(json), ...(json.hasLeftovers === true ? { hasLeftovers: true } : {}) };
  }
}

function textsAt(value: unknown): readonly string[] {
  return listAt(value, "addresses", { most: 65_536 }).map((item) => textAt(item, "addresses"));
}

function verdictOf(json: JsonRecord): ClaimVerdict {
  switch (json.kind) {
    case "claimed": {
      const address = tryParseAddress(textAt(json.address, "address"));
      if (address === undefined) throw wrong("address", "an address");
      return { kind: "claimed", address, existing: json.existing === true };
    }
    case "refused":
      return { kind: "refused", reason: reasonOf(recordAt(json.reason, "reason")) };
    case "other-incarnation":
      return { kind: "other-incarnation", podUid: textAt(json.podUid, "podUid") };
    case "none":
      return { kind: "none" };
    case "stale":
      return { kind: "stale" };
    default:
      throw wrong("kind", "an outcome");
  }
}

/** The reasons with which a claim is refused; a later version's further ones are told as they are. */
function reasonOf(json: JsonRecord): Reason {
  const detail = typeof json.detail === "string" ? json.detail : undefined;
  switch (json.code) {
    case "used-out":
      return { code: "used-out", ...(detail === undefined ? {} : { detail }) };
    case "record-limit":
      return { code: "record-limit", limit: numberAt(json.limit, "limit") };
    case "record-size":
      return { code: "record-size", bytes: numberAt(json.bytes, "bytes"), limit: numberAt(json.limit, "limit") };
    case "record-of-other":
      return {
        code: "record-of-other",
        address: textAt(json.address, "address"),
        holder: textAt(json.holder, "holder"),
      };
    case "terminating":
      return { code: "terminating", since: textAt(json.since, "since") };
    case "disabled":
      return { code: "disabled" };
    case "spec-unreadable":
      return { code: "spec-unreadable", field: textAt(json.field, "field"), detail: detail ?? "" };
    default:
      return { code: "failed", detail: detail ?? `was refused with ${JSON.stringify(json.code)}` };
  }
}
