import type { ClaimOutcome, ReleaseOutcome, RequestOptions } from "../../crd/ipam/requests.ts";
import { type CommitAnswer, decodeCommitAnswer, type PeerOutcome } from "./commit_answer.ts";
import type { PeerRequest } from "./commit_request.ts";
import { PeerFormatError } from "./wire.ts";

/** A request to be asked of a peer. */
export interface LaneRequest {
  readonly request: PeerRequest;
  /** From `encodeOneRequest`. */
  readonly text: string;
  readonly options: RequestOptions;
  /** Only this epoch of the peer may be asked. */
  readonly epoch?: string | undefined;
}

/** What became of a request that a peer was to be asked. */
export type Asked =
  | { readonly kind: "done"; readonly outcome: ClaimOutcome | ReleaseOutcome }
  /** It was not asked, or refused before anything was done. */
  | { readonly kind: "refused" }
  /** It was not asked: the peer lives, but could not take it in time. */
  | { readonly kind: "busy" }
  /** It was not asked: the epoch that might be asked has ended. */
  | { readonly kind: "gone" }
  /**
   * The peer gave it up, because it was late or for another reason: only the same peer in the same epoch knows which
   * writes of it may still be done.
   */
  | { readonly kind: "failed"; readonly epoch: string; readonly isLate: boolean }
  /** Too little time is left to ask anybody. */
  | { readonly kind: "short" }
  /** That epoch of the peer may work on it until `untilMs` of the monotonic clock. */
  | { readonly kind: "unknown"; readonly epoch: string; readonly untilMs: number };

/** The answer to these requests; `undefined` if it is none. */
export function tryAnswerTo(requests: readonly PeerRequest[], body: string): CommitAnswer | undefined {
  try {
    const answer = decodeCommitAnswer(body);
    const fits = answer.outcomes.length === requests.length &&
      answer.outcomes.every((outcome, i) => isAnswerTo(requests[i]!, outcome));
    return fits ? answer : undefined;
  } catch (err) {
    if (err instanceof PeerFormatError) return undefined;
    throw err;
  }
}

/** What an outcome means for the one who asked; `mayBeLate` is false where there was no time to be late. */
export function askedOf(
  outcome: PeerOutcome,
  { epoch, mayBeLate }: { readonly epoch: string; readonly mayBeLate: boolean },
): Asked {
  if (outcome.kind !== "failed") return { kind: "done", outcome };
  return { kind: "failed", epoch, isLate: mayBeLate && outcome.isLate };
}

function isAnswerTo(request: PeerRequest, outcome: PeerOutcome): boolean {
  return outcome.kind === "failed" || (outcome.kind === "released") === (request.kind === "release");
}
