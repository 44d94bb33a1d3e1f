import type { Asked } from "./asked.ts";
import type { PeerOutcome } from "./commit_answer.ts";
import type { PeerRequest } from "./commit_request.ts";
import type { PeerOperation } from "./contract.ts";

/** What a request that agents hand to each other asks for. */
export type PeerRequestKind = PeerRequest["kind"];

/** What became of a request of another agent. `late`: it was given up, because its time was over. */
export type ServedOutcome = "done" | "late" | "failed";

/**
 * What became of a request that another agent was asked to do. `refused`: nothing was done; `late`: the agent lives, and
 * could not do it in time; `failed`: it gave it up for another reason; `unknown`: there was no answer.
 */
export type HandedOverOutcome = ServedOutcome | "refused" | "unknown";

/** Why a caller was turned away before anything it wanted was looked at. */
export type TurnedAway =
  /** It asked for nothing that there is, or in another version. */
  | "no-such-operation"
  /** Hello has no body. */
  | "hello-with-body"
  /** A message of somebody who has not said hello with a good token, or whose token has ended since. */
  | "not-greeted"
  /** No token, one for somebody else, or one that the API server does not know. */
  | "bad-token"
  /** A good token of another ServiceAccount. */
  | "not-an-agent"
  /** More tokens are to be reviewed than may be. */
  | "too-many-tokens"
  /** The API server could not be asked about the token, or this agent does not know its own name yet. */
  | "token-not-reviewed";

/** Told what goes on between agents; must not throw. */
export interface PeerObserver {
  /** A message of another agent was answered. */
  answered(operation: PeerOperation, status: number): void;
  /** A caller got no further than the door. */
  turnedAway(reason: TurnedAway): void;
  /** A request of another agent was worked on. */
  served(kind: PeerRequestKind, outcome: ServedOutcome): void;
  /** Another agent was asked to do a request. One request may be handed over several times. */
  handedOver(kind: PeerRequestKind, outcome: HandedOverOutcome): void;
  /** This agent does a request by itself that was handed over in vain. */
  fellBack(kind: PeerRequestKind): void;
}

/** How an outcome is counted by the one who worked on it. */
export function servedOutcomeOf(outcome: PeerOutcome): ServedOutcome {
  if (outcome.kind !== "failed") return "done";
  return outcome.isLate ? "late" : "failed";
}

/** How the end of a request is counted by the one who handed it over; `undefined` if nobody was asked. */
export function handedOverOutcomeOf(asked: Asked): HandedOverOutcome | undefined {
  switch (asked.kind) {
    case "done":
    case "refused":
    case "unknown":
      return asked.kind;
    case "busy":
      return "late";
    case "failed":
      return asked.isLate ? "late" : "failed";
    case "gone":
    case "short":
      return undefined;
    default:
      return asked satisfies never;
  }
}
