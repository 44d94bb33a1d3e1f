/** Refusals as the API server words them. Source: apimachinery, `pkg/api/errors`. */
import type { FieldError } from "./field_error.ts";
import type { Json, JsonObject } from "./json.ts";

/** Names a resource in messages. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

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

/** `spiderippools.spiderpool.spidernet.io`, `pods`. */
export function qualifiedPlural({ group, plural }: Pick<ResourceName, "group" | "plural">): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function details(resource: ResourceName, name: string, extra: JsonObject = {}): JsonObject {
  return {
    ...(name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
    ...extra,
  };
}

/** 404. */
export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError({
    code: 404,
    reason: "NotFound",
    message: `${qualifiedPlural(resource)} ${JSON.stringify(name)} not found`,
    details: details(resource, name),
  });
}

/** 409 for a create; `isLeaving`: the object that is there is being deleted. */
export function alreadyExists(resource: ResourceName, name: string, isLeaving: boolean): ApiError {
  return new ApiError({
    code: 409,
    reason: "AlreadyExists",
    message: `${isLeaving ? "object is being deleted: " : ""}${qualifiedPlural(resource)} ${
      JSON.stringify(name)
    } already exists`,
    details: details(resource, name),
  });
}

/** What the server says when a resourceVersion is not current. */
export const modifiedMessage =
  "the object has been modified; please apply your changes to the latest version and try again";

/** 409 for a write. */
export function conflict(resource: ResourceName, name: string, message: string = modifiedMessage): ApiError {
  return new ApiError({
    code: 409,
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${qualifiedPlural(resource)} ${JSON.stringify(name)}: ${message}`,
    details: details(resource, name),
  });
}

/** 409 of server-side apply. */
export function applyConflict(causes: readonly { field: string; message: string }[]): ApiError {
  const [first] = causes;
  const messages = [...new Set(causes.map(({ message }) => message))];
  const lines = messages.flatMap((message) => [
    `${message.replace("conflict", "conflicts")}:`,
    ...causes.filter((cause) => cause.message === message).map(({ field }) => `- ${field}`),
  ]);
  return new ApiError({
    code: 409,
    reason: "Conflict",
    message: causes.length === 1
      ? `Apply failed with 1 conflict: ${first?.message}: ${first?.field}`
      : `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`,
    details: { causes: causes.map(({ field, message }) => ({ reason: "FieldManagerConflict", message, field })) },
  });
}

/** 422: `kind` in the message and the details is the Kind, as for objects that fail validation. */
export function invalidObject(resource: ResourceName, name: string, errors: readonly FieldError[]): ApiError {
  const kind = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = errors.map(({ path, message }) => `${path}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: `${kind} ${JSON.stringify(name)} is invalid: ${list}`,
    details: {
      ...(name === "" ? {} : { name }),
      ...(resource.group === "" ? {} : { group: resource.group }),
      ...(resource.kind === "" ? {} : { kind: resource.kind }),
      causes: errors.map(({ path, reason, message }) => ({ reason, message, field: path })),
    },
  });
}

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError({ code: 400, reason: "BadRequest", message });
}

/** 403. */
export function forbiddenWrite(
  resource: ResourceName,
  name: string,
  { message, causes }: { message: string; causes?: Json[] },
): ApiError {
  return new ApiError({
    code: 403,
    reason: "Forbidden",
    message: `${qualifiedPlural(resource)} ${JSON.stringify(name)} is forbidden: ${message}`,
    details: details(resource, name, causes === undefined ? {} : { causes }),
  });
}

/** 404 where a path of a group of the server itself leads nowhere. */
export function resourceNotFound(): ApiError {
  return new ApiError({
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource",
    details: {},
  });
}

/** 422 for a patch that makes something that is no object of the Kind. */
export function brokenPatch(patched: Json, problem: string): ApiError {
  return invalidObject({ group: "", plural: "", kind: "" }, "", [{
    path: "patch",
    reason: "FieldValueInvalid",
    message: `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: ${problem}`,
  }]);
}

/** 405 of a custom resource, which names what it is. */
export function methodNotSupported(resource: ResourceName, verb: string): ApiError {
  return new ApiError({
    code: 405,
    reason: "MethodNotAllowed",
    message: `${verb} is not supported on resources of kind ${JSON.stringify(qualifiedPlural(resource))}`,
    details: details(resource, ""),
  });
}

/** 405. */
export function methodNotAllowed(): ApiError {
  return new ApiError({
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: {},
  });
}

/** 406. */
export function notAcceptable(): ApiError {
  return new ApiError({
    code: 406,
    reason: "NotAcceptable",
    message: "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml",
    details: {},
  });
}

/** 410 of a list or a watch. */
export function expired(message: string, continueToken?: string): ApiError {
  return new ApiError({
    code: 410,
    reason: "Expired",
    message,
    ...(continueToken === undefined ? {} : { continueToken }),
  });
}

/** 413 for a body above `limit` bytes. */
export function tooLarge(limit: number): ApiError {
  return new ApiError({
    code: 413,
    reason: "RequestEntityTooLarge",
    message: `Request entity too large: limit is ${limit}`,
  });
}

/** 415. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError({
    code: 415,
    reason: "UnsupportedMediaType",
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  });
}

/** 500 with a message and, like errors that the real server does not type, without a reason. */
export function untyped(message: string): ApiError {
  return new ApiError({ code: 500, message });
}

/** 500 for an exception nobody expected. */
export function internalError(message: string): ApiError {
  return new ApiError({
    code: 500,
    reason: "InternalError",
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

/** 504: a resourceVersion from the future was asked. */
export function tooLargeResourceVersion(wanted: number, current: number): ApiError {
  return new ApiError({
    code: 504,
    reason: "Timeout",
    message: `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    details: { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }] },
    retryAfter: 1,
  });
}

/** The refusal an injected fault answers with. */
export function errorForFault(
  { status, retryAfterSeconds }: { status: number; retryAfterSeconds?: number },
  target: { group: string; plural: string; name: string } | undefined,
): ApiError {
  if (status === 409) {
    return conflict({ group: target?.group ?? "", plural: target?.plural ?? "", kind: "" }, target?.name ?? "");
  }
  const [reason, message] = faultTexts[status] ?? ["InternalError", `Internal error occurred: injected ${status}`];
  return new ApiError({
    code: status,
    reason,
    message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }),
  });
}

const faultTexts: Readonly<Record<number, readonly [string, string]>> = {
  429: ["TooManyRequests", "Too many requests, please try again later."],
  500: ["InternalError", "Internal error occurred: etcdserver: leader changed"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: ["Timeout", "Timeout: request did not complete within the allotted timeout"],
};
