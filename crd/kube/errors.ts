/**
 * What can go wrong with a request to a Kubernetes API, as classes and fields: callers never read messages.
 *
 * A write has three outcomes: done, refused, unknown. {@linkcode isOutcomeUnknown} tells the last two apart.
 */

/** The facts of a refusal, as far as the server told them. */
export interface KubeApiErrorFacts {
  /** HTTP status, or the `code` of the Status in a watch's ERROR event. */
  readonly status: number;
  /** `reason` of the Status, such as `Conflict`; derived from the HTTP status where the server gave none. */
  readonly reason: string;
  /** The server's sentence. */
  readonly message: string;
  /** What was asked, such as `PUT /apis/…/spiderippools/p/status`. */
  readonly request: string;
  /** `details.kind`: a Kind or a plural, as the server likes. */
  readonly kind?: string | undefined;
  /** `details.name`. */
  readonly resourceName?: string | undefined;
  /** When to try again, in milliseconds from the answer; absent when the server did not say. */
  readonly retryAfterMs?: number | undefined;
  /** `details` of the Status, unchecked: causes of a 422, for example. */
  readonly details?: unknown;
}

/** The server answered with an error. Source: Kubernetes API reference, `Status v1 meta`. */
export class KubeApiError extends Error {
  override readonly name = "KubeApiError";
  /** HTTP status, or the `code` of the Status in a watch's ERROR event. */
  readonly status: number;
  /** Machine-readable reason, such as `Conflict` or `Expired`. */
  readonly reason: string;
  /** Kind or plural the error is about. */
  readonly kind: string | undefined;
  /** Name of the object the error is about. */
  readonly resourceName: string | undefined;
  /** Milliseconds from the answer after which the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** `details` of the Status, unchecked. */
  readonly details: unknown;
  /** The server's own sentence. */
  readonly serverMessage: string;

  constructor(facts: KubeApiErrorFacts) {
    super(`Cannot ${facts.request}: ${facts.status} ${facts.reason}: ${facts.message}`);
    this.status = facts.status;
    this.reason = facts.reason;
    this.kind = facts.kind;
    this.resourceName = facts.resourceName;
    this.retryAfterMs = facts.retryAfterMs;
    this.details = facts.details;
    this.serverMessage = facts.message;
  }
}

/** No response arrived, or it broke off: the outcome of a write is unknown. */
export class KubeConnectionError extends Error {
  override readonly name = "KubeConnectionError";

  /** @param request what was asked, such as `GET /api/v1/pods` */
  constructor(readonly request: string, options?: ErrorOptions) {
    super(`Cannot ${request}: the connection to the API server failed${causeText(options?.cause)}`, options);
  }
}

/** No response arrived in time: the outcome of a write is unknown. */
export class KubeTimeoutError extends Error {
  override readonly name = "KubeTimeoutError";

  /** @param request what was asked, such as `GET /api/v1/pods` */
  constructor(readonly request: string, readonly timeoutMs: number) {
    super(`Cannot ${request}: no answer from the API server within ${timeoutMs} ms`);
  }
}

/** The server reported success, but its answer cannot be used: too long, not JSON, another Kind. A write is probably done. */
export class KubeResponseError extends Error {
  override readonly name = "KubeResponseError";

  /** @param request what was asked, such as `GET /api/v1/pods` */
  constructor(readonly request: string, problem: string, options?: ErrorOptions) {
    super(`Cannot use the answer to ${request}: ${problem}`, options);
  }
}

/** Whether the object or the resource does not exist (404). */
export function isNotFound(err: unknown): err is KubeApiError {
  return err instanceof KubeApiError && err.status === 404;
}

/** Whether someone else wrote the object first, or a precondition failed (409 `Conflict`): read again, decide again. */
export function isConflict(err: unknown): err is KubeApiError {
  return err instanceof KubeApiError && err.status === 409 && err.reason === "Conflict";
}

/** Whether an object of that name exists (409 `AlreadyExists`). */
export function isAlreadyExists(err: unknown): err is KubeApiError {
  return err instanceof KubeApiError && err.status === 409 && err.reason === "AlreadyExists";
}

/** Whether a resourceVersion or a `continue` token is too old (410 `Expired` or `Gone`), as an answer or within a watch. */
export function isGone(err: unknown): err is KubeApiError {
  return err instanceof KubeApiError && (err.status === 410 || err.reason === "Expired" || err.reason === "Gone");
}

/** Whether the server asks for patience (429); see {@linkcode KubeApiError.retryAfterMs}. */
export function isTooManyRequests(err: unknown): err is KubeApiError {
  return err instanceof KubeApiError && err.status === 429;
}

/**
 * Whether a write that ended with `err` may have been done nevertheless.
 *
 * Only a refusal is a definite "not written": an answer 4xx (429 included: it is decided before the request is worked on),
 * except 408 and 499, which proxies invent when they lose patience. Everything else is unknown: no or broken answers,
 * timeouts, aborts with whatever reason, 500 (etcd may have committed before the server failed), 503 (proxies say it
 * for connections that broke after the request was sent), 502 and 504, and success with an unusable body.
 * Only ask about errors of a request that was sent: a `TypeError` of one's own code is "unknown", too.
 */
export function isOutcomeUnknown(err: unknown): boolean {
  if (!(err instanceof KubeApiError)) return true;
  return err.status < 400 || err.status >= 500 || err.status === 408 || err.status === 499;
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? `: ${cause.message}` : "";
}
