/** The error that every refusal is. Source: apimachinery, `pkg/api/errors`. */
import type { JsonObject } from "./json.ts";

interface ApiErrorFacts {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: JsonObject;
  /** Seconds. */
  readonly retryAfter?: number;
  /** `metadata.continue` of the Status. */
  readonly continueToken?: string;
}

/** A refusal: thrown anywhere in the server, answered as a Status. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly code: number;
  /** `reason` of the Status, `undefined` where the real server has none. */
  readonly reason: string | undefined;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;
  /** The Status object. */
  readonly status: JsonObject;

  constructor(facts: ApiErrorFacts) {
    super(facts.message);
    this.code = facts.code;
    this.reason = facts.reason;
    this.retryAfter = facts.retryAfter;
    this.status = statusOf(facts);
  }
}

function statusOf({ code, reason, message, details, retryAfter, continueToken }: ApiErrorFacts): JsonObject {
  const allDetails = details === undefined && retryAfter === undefined
    ? undefined
    : { ...details, ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }) };
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: continueToken === undefined ? {} : { continue: continueToken },
    status: "Failure",
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(allDetails === undefined ? {} : { details: allDetails }),
    code,
  };
}
