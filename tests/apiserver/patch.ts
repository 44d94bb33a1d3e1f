/** PATCH: the four kinds of patches, each a function from the stored object to the wanted one. */
import { applyObject } from "./apply_patch.ts";
import { readJson } from "./body.ts";
import type { Core } from "./core.ts";
import { isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { applyJsonPatch, JsonPatchError } from "./json_patch.ts";
import { metaTypeError } from "./meta_types.ts";
import { type ApiObject, withMeta } from "./object.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { badRequest, unsupportedMediaType } from "./request_refusals.ts";
import { brokenPatch } from "./object_refusals.ts";
import { ApiError } from "./api_error.ts";
import { strategicMerge } from "./strategic_patch.ts";
import { updateObject } from "./update.ts";
import { checkIdentity } from "./write_checks.ts";
import type { WriteResult, WriteTarget } from "./write_target.ts";

/** Most operations of one JSON patch. */
const maxOperations = 10_000;

const jsonType = "application/json-patch+json";
const mergeType = "application/merge-patch+json";
const strategicType = "application/strategic-merge-patch+json";
const applyType = "application/apply-patch+yaml";

/**
 * Refuses what is no patch of the Kind, before anything else is looked at.
 *
 * @throws {ApiError} 415
 */
export function checkPatchType(request: ApiRequest, { custom }: Resource): void {
  const types = [jsonType, mergeType, ...(custom ? [] : [strategicType]), applyType];
  if (!types.includes(typeOf(request))) throw unsupportedMediaType(types);
}

function typeOf({ contentType }: ApiRequest): string {
  return contentType.split(";")[0]?.trim() ?? "";
}

/**
 * PATCH.
 *
 * @throws {ApiError} when refused
 */
export async function patchObject(core: Core, target: WriteTarget, request: ApiRequest): Promise<WriteResult> {
  const type = typeOf(request);
  if (type === applyType) return await applyObject(core, target, request);
  const { body } = request;
  return await updateObject(core, target, {
    desired: (old) => checkPatched(patched(old, { type, body }), { target, type }),
    refuse: brokenPatch,
  });
}

/** Decoded only here, so that an absent object is missed before a broken patch is. */
function patched(old: ApiObject, { type, body }: { type: string; body: string }): Json {
  const patch = readJson(body);
  if (type === jsonType) return jsonPatched(old, patch);
  if (!isObject(patch)) throw badRequest("error decoding patch: the patch is not an object");
  const merge = type === strategicType ? strategicMerge : mergePatch;
  return merge(old as unknown as JsonObject, patch);
}

/** What a patch made must still be an object of the same name. */
function checkPatched(patched: Json, { target, type }: { target: WriteTarget; type: string }): JsonObject {
  const { resource, namespace } = target;
  if (!isObject(patched)) throw brokenPatch(patched, "it is not an object");
  const lacksKind = resource.custom && (typeof patched.kind !== "string" || patched.kind === "");
  const problem = lacksKind ? "Object 'Kind' is missing" : metaTypeError(patched);
  if (problem !== undefined) throw brokenPatch(patched, problem);
  const { apiVersion = resource.apiVersion, kind = resource.kind } = patched;
  if (!resource.custom && type !== strategicType && (kind !== resource.kind || apiVersion !== resource.apiVersion)) {
    throw brokenPatch(
      patched,
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
    );
  }
  checkIdentity(patched, target);
  return withMeta(patched, { namespace });
}

/** RFC 7386. */
export function mergePatch(current: JsonObject, patch: JsonObject): JsonObject {
  const result = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (isObject(value)) {
      const below = Object.hasOwn(result, key) ? result[key] : undefined;
      setKey(result, key, mergePatch(isObject(below) ? below : {}, value));
    } else setKey(result, key, value);
  }
  return result;
}

function jsonPatched(old: ApiObject, patch: Json): Json {
  if (!Array.isArray(patch) || !patch.every(isObject)) {
    throw badRequest("error decoding patch: json: cannot unmarshal it into a JSON patch");
  }
  if (patch.length > maxOperations) throw tooManyOperations(patch.length);
  try {
    return applyJsonPatch(old as unknown as Json, patch);
  } catch (err) {
    if (err instanceof JsonPatchError) throw unprocessable();
    throw err;
  }
}

function tooManyOperations(count: number): ApiError {
  return new ApiError({
    code: 413,
    reason: "RequestEntityTooLarge",
    message:
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${count}`,
  });
}

function unprocessable(): ApiError {
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    details: {},
  });
}
