/** Request bodies: bounded, parsed, checked for what they claim to be. */
import { parse as parseYaml } from "yaml";
import { isObject, type Json, type JsonObject, longerThan, metaJson, parseJson } from "./json.ts";
import { type FieldError, invalid } from "./field_error.ts";
import { metaTypeError } from "./meta_types.ts";
import { metaString } from "./object.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { badRequest, tooLarge, unsupportedMediaType } from "./request_refusals.ts";
import { invalidObject } from "./object_refusals.ts";

/** Longest request body in bytes, as the real server has it. */
export const maxBodyBytes = 3 * 1024 * 1024;

const maxYamlAliases = 100;

/** @throws {ApiError} 413 */
export function checkBodySize(body: string): void {
  if (longerThan(body, maxBodyBytes)) throw tooLarge(maxBodyBytes);
}

/**
 * The object in a request body.
 *
 * @throws {ApiError} 400 for anything that is not an object of `resource`'s Kind, 415 for another media type
 */
export function readObject(request: ApiRequest, resource: Resource): JsonObject {
  const json = readBody(request) ?? (resource.custom ? null : {}); // for built-in Kinds null is an empty object
  if (!isObject(json)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  const problem = metaTypeError(json);
  if (problem !== undefined) throw badRequest(cannotHandle(resource, problem));
  return checkKind(json, resource);
}

/** The words for a body that is not what its resource wants. */
export function cannotHandle({ kind, version }: Resource, problem: string): string {
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${problem}`;
}

/**
 * Checks or, for built-in Kinds, fills in `apiVersion` and `kind`. A custom resource of another Kind is refused later,
 * by {@linkcode checkTypeMeta}.
 */
function checkKind(json: JsonObject, resource: Resource): JsonObject {
  if (!json.kind && resource.custom) throw badRequest(`Object 'Kind' is missing in '${metaJson(json)}'`);
  if (resource.custom) return checkVersion({ apiVersion: "", ...json }, resource);
  const { apiVersion = resource.apiVersion, kind = resource.kind } = json;
  const known = checkVersion({ ...json, apiVersion, kind }, resource);
  if (kind !== resource.kind) {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ` +
        `converting (${String(kind)}) to (${resource.kind}): unknown conversion`,
    );
  }
  return known;
}

function checkVersion(json: JsonObject, resource: Resource): JsonObject {
  const { apiVersion } = json;
  if (apiVersion !== resource.apiVersion) {
    throw badRequest(
      `the API version in the data (${
        String(apiVersion)
      }) does not match the expected API version (${resource.apiVersion})`,
    );
  }
  return json;
}

/**
 * Refuses a custom resource that says it is something else.
 *
 * @param more what else is wrong with it, told together
 * @throws {ApiError} 422
 */
export function checkTypeMeta(
  json: Readonly<JsonObject>,
  resource: Resource,
  { more = () => [] }: { readonly more?: () => readonly FieldError[] } = {},
): void {
  const { apiVersion, kind } = json;
  const errors: FieldError[] = [];
  if (kind !== resource.kind) errors.push(invalid("kind", kind, `must be ${resource.kind}`));
  if (apiVersion !== resource.apiVersion) {
    errors.push(invalid("apiVersion", apiVersion, `must be ${resource.apiVersion}`));
  }
  if (errors.length === 0) return;
  const text = String(apiVersion);
  const group = text.includes("/") ? text.slice(0, text.indexOf("/")) : "";
  throw invalidObject({ group, plural: "", kind: String(kind) }, metaString(json, "name") ?? "", [
    ...more(),
    ...errors,
  ]);
}

function readBody({ body, contentType }: ApiRequest): Json {
  const type = contentType.split(";")[0]?.trim() ?? "";
  if (type === "" || type === "application/json") return readJson(body);
  if (type === "application/yaml") return readYaml(body);
  throw unsupportedMediaType(["application/json", "application/yaml"]);
}

/** @throws {ApiError} 400 */
export function readJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (err) {
    throw badRequest(`couldn't get version/kind; json parse error: ${messageOf(err)}`);
  }
}

/** @throws {ApiError} 400 */
export function readYaml(text: string): Json {
  try {
    return parseYaml(text, { maxAliasCount: maxYamlAliases }) ?? null;
  } catch (err) {
    throw badRequest(`error converting YAML to JSON: ${messageOf(err)}`);
  }
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
