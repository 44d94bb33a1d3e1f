/** Request bodies: bounded, parsed, checked for what they claim to be. */
import { parse as parseYaml } from "yaml";
import { isObject, type Json, type JsonObject, longerThan, metaJson, parseJson } from "./json.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { badRequest, tooLarge, unsupportedMediaType } from "./status.ts";

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
  const json = readBody(request);
  if (!isObject(json)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  return checkKind(json, resource);
}

/** Checks or, for built-in Kinds, fills in `apiVersion` and `kind`. */
export function checkKind(json: JsonObject, resource: Resource): JsonObject {
  if (!json.kind && resource.custom) throw badRequest(`Object 'Kind' is missing in '${metaJson(json)}'`);
  const { apiVersion = resource.apiVersion, kind = resource.kind } = json;
  if (apiVersion !== resource.apiVersion) {
    throw badRequest(
      `the API version in the data (${
        String(apiVersion)
      }) does not match the expected API version (${resource.apiVersion})`,
    );
  }
  if (kind !== resource.kind) {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ` +
        `converting (${String(kind)}) to (${resource.kind}): unknown conversion`,
    );
  }
  return { ...json, apiVersion, kind };
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
