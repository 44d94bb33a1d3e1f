/** Errors from what the server says about a failure. Source: Kubernetes API reference, `Status v1 meta`. */
import type { KubeMethod } from "./contract.ts";
import { isRecord } from "./decode.ts";
import { KubeApiError } from "./errors.ts";

/** Longest part of an answer that is no Status, in the message of an error. */
const MAX_QUOTE_CHARS = 200;

const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** An answer with an error status. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, whatever it is. */
  readonly text: string;
  readonly method: KubeMethod;
  /** For the message: `GET /api/v1/pods`. */
  readonly request: string;
}

/** The error that an answer tells; proxies answer without a Status, so everything in it is optional. */
export function apiErrorOfAnswer({ status, headers, text, method, request }: ErrorAnswer): KubeApiError {
  const json = parseStatus(text);
  const retryAfterMs = parseRetryAfter(headers.get("retry-after")) ?? retryAfterOf(json);
  return new KubeApiError({
    ...factsOf(json),
    status,
    reason: textOf(json.reason) ?? reasonOf(status, method),
    message: textOf(json.message) ?? quote(text),
    request,
    retryAfterMs,
  });
}

/** The error in the object of a watch's ERROR event. */
export function apiErrorOfEvent(object: unknown, request: string): KubeApiError {
  const json = isRecord(object) ? object : {};
  const status = typeof json.code === "number" ? json.code : 500;
  return new KubeApiError({
    ...factsOf(json),
    status,
    reason: textOf(json.reason) ?? reasonOf(status, "GET"),
    message: textOf(json.message) ?? "the watch failed",
    request,
    retryAfterMs: retryAfterOf(json),
  });
}

/**
 * Reads a `Retry-After` header in seconds, the only form API servers send.
 *
 * @returns milliseconds, `undefined` if there is none or it is a date
 */
export function parseRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\s*[0-9]{1,6}\s*$/.test(header) ? Number(header) * 1000 : undefined;
}

function factsOf({ details }: Record<string, unknown>): { kind?: string; resourceName?: string; details?: unknown } {
  if (!isRecord(details)) return {};
  const kind = textOf(details.kind);
  const resourceName = textOf(details.name);
  return { details, ...(kind !== undefined && { kind }), ...(resourceName !== undefined && { resourceName }) };
}

function retryAfterOf({ details }: Record<string, unknown>): number | undefined {
  const seconds = isRecord(details) ? details.retryAfterSeconds : undefined;
  return typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined;
}

function reasonOf(status: number, method: KubeMethod): string {
  if (status === 409) return method === "POST" ? "AlreadyExists" : "Conflict";
  return REASONS[status] ?? "Unknown";
}

function parseStatus(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) && json.kind === "Status" ? json : {};
  } catch {
    return {}; // a proxy's page: quoted instead
  }
}

function textOf(json: unknown): string | undefined {
  return typeof json === "string" && json !== "" ? json : undefined;
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "the server gave no message";
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS)}…` : line;
}
