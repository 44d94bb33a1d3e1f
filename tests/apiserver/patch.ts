/** PATCH: the four kinds of patches, each a function from the stored object to the wanted one. */
import { applyPatch, type Operation } from "rfc6902";
import { applyConfig, type ApplyOptions, managersOfNew } from "./apply.ts";
import { checkKind, readJson, readYaml } from "./body.ts";
import type { Core } from "./core.ts";
import { cloneJson, equalJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { managersOf, withManagers } from "./managed_fields.ts";
import { type ApiObject, metaOf, metaString, withMeta } from "./object.ts";
import type { ApiRequest } from "./request.ts";
import { ApiError, badRequest, invalidObject, notFound, unsupportedMediaType } from "./status.ts";
import { strategicMerge } from "./strategic_patch.ts";
import { createObject, updateObject } from "./write.ts";
import { keyOfTarget, type WriteResult, type WriteTarget } from "./write_target.ts";

/** Most operations of one JSON patch. */
const maxOperations = 10_000;

/**
 * PATCH.
 *
 * @throws {ApiError} when refused
 */
export async function patchObject(core: Core, target: WriteTarget, request: ApiRequest): Promise<WriteResult> {
  const type = request.contentType.split(";")[0]?.trim() ?? "";
  if (type === "application/apply-patch+yaml") return await applyObject(core, target, request);
  const desired = patcherOf(type, { target, body: request.body });
  return await updateObject(core, target, { desired });
}

function patcherOf(
  type: string,
  { target, body }: { target: WriteTarget; body: string },
): (old: ApiObject) => JsonObject {
  const isStrategic = type === "application/strategic-merge-patch+json" && !target.resource.custom;
  if (type === "application/json-patch+json") return jsonPatcher(readJson(body));
  if (type !== "application/merge-patch+json" && !isStrategic) throw unsupportedMediaType(patchTypes(target));
  const patch = readJson(body);
  if (!isObject(patch)) throw badRequest("error decoding patch: the patch is not an object");
  const merge = isStrategic ? strategicMerge : mergePatch;
  return (old) => checkKind(merge(old as unknown as JsonObject, patch), target.resource);
}

function patchTypes({ resource }: WriteTarget): string[] {
  const strategic = resource.custom ? [] : ["application/strategic-merge-patch+json"];
  return ["application/json-patch+json", "application/merge-patch+json", ...strategic, "application/apply-patch+yaml"];
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

function jsonPatcher(patch: Json): (old: ApiObject) => JsonObject {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: json: cannot unmarshal object into a JSON patch");
  if (patch.length > maxOperations) {
    throw new ApiError({
      code: 413,
      reason: "RequestEntityTooLarge",
      message:
        `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    });
  }
  const operations = patch.map(checkOperation);
  return function desired(old) {
    const copy = cloneJson(old as unknown as JsonObject);
    const errors = applyPatch(copy, cloneJson(operations as unknown as Json[]) as unknown as Operation[]);
    if (errors.some((err) => err !== null)) throw unprocessable();
    return copy;
  };
}

function checkOperation(operation: Json): Operation {
  const valid = isObject(operation) && typeof operation.op === "string" && typeof operation.path === "string" &&
    (operation.path === "" || operation.path.startsWith("/"));
  if (!valid) throw badRequest("error decoding patch: an operation has no op or no path");
  return operation as unknown as Operation;
}

function unprocessable(): ApiError {
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    details: {},
  });
}

async function applyObject(core: Core, target: WriteTarget, request: ApiRequest): Promise<WriteResult> {
  const { resource, name } = target;
  if (!request.query.fieldManager) throw managerRequired();
  const config = appliedConfig(request, target);
  const options: ApplyOptions = {
    resource,
    manager: target.manager,
    subresource: target.subresource,
    force: request.query.force === "true" || request.query.force === "1",
    now: core.clock.now(),
  };
  if (core.store.get(resource, keyOfTarget(target)) !== undefined) {
    return await applyUpdate(core, target, { config, options });
  }
  if (target.subresource !== "") throw notFound(resource, name);
  if (metaString(config, "uid") !== undefined) throw notFound(resource, name);
  const mark = (object: ApiObject) => withManagers(object, managersOfNew(config, options));
  return await createObject(core, target, { body: config, mark });
}

async function applyUpdate(
  core: Core,
  target: WriteTarget,
  { config, options }: { config: JsonObject; options: ApplyOptions },
): Promise<WriteResult> {
  let managers: ReturnType<typeof applyConfig>["managers"] = [];
  return await updateObject(core, target, {
    versionRequired: false,
    desired(old) {
      const applied = applyConfig(config, old, options);
      managers = applied.managers;
      return applied.object;
    },
    mark: (next, old) => {
      const marked = withManagers(next, managers);
      return sameButTime(marked, old) ? old : marked;
    },
  });
}

/** An apply that changes nothing but the time of its own entry is no write. */
function sameButTime(next: ApiObject, old: ApiObject): boolean {
  return equalJson(timeless(next), timeless(old));
}

function timeless(object: ApiObject): Json {
  const entries = managersOf(object).map(({ time: _time, paths, ...entry }) => ({
    ...entry,
    paths: [...paths].sort(),
  }));
  const managedFields = entries.map((entry) => JSON.stringify(entry)).sort();
  return withMeta(object, { managedFields, resourceVersion: undefined }) as unknown as Json;
}

function appliedConfig(request: ApiRequest, { resource, name, namespace }: WriteTarget): JsonObject {
  const config = readYaml(request.body);
  if (!isObject(config)) throw badRequest("error decoding YAML: the applied configuration is not an object");
  if (metaOf(config).managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  const own = metaString(config, "name") ?? name;
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  return checkKind(withMeta(config, { name, namespace: namespace ?? undefined }), resource);
}

function managerRequired(): ApiError {
  return invalidObject({ group: "meta.k8s.io", plural: "patchoptions", kind: "PatchOptions" }, "", [{
    path: "fieldManager",
    reason: "FieldValueRequired",
    message: "Required value: is required for apply patch",
  }]);
}
