/** Refusals that name an object, as the API server words them. Source: apimachinery, `pkg/api/errors`. */
import { ApiError } from "./api_error.ts";
import type { FieldError } from "./field_error.ts";
import type { Json, JsonObject } from "./json.ts";

/** Names a resource in messages. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
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
