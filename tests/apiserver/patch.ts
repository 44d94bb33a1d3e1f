/** PATCH: the four kinds of patches, each a function from the stored object to the wanted one. */
import { applyPatch, type Operation } from "rfc6902";
import { applyConfig, type ApplyOptions, managersOfNew } from "./apply.ts";
import { readJson, readYaml } from "./body.ts";
import type { Core } from "./core.ts";
import { cloneJson, equalJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { managersOf, withManagers } from "./managed_fields.ts";
import { type ApiObject, metaOf, metaString, withMeta } from "./object.ts";
import type { ApiRequest } from "./request.ts";
import { metaTypeError } from "./meta_types.ts";
import { ApiError, badRequest, brokenPatch, conflict, notFound, untyped, unsupportedMediaType } from "./status.ts";
import { strategicMerge } from "./strategic_patch.ts";
import { checkIdentity, createObject, updateObject } from "./write.ts";
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
  const patch = patcherOf(type, { target, body: request.body });
  return await updateObject(core, target, { desired: (old) => checkPatched(patch(old), target), refuse: brokenPatch });
}

function patcherOf(
  type: string,
  { target, body }: { target: WriteTarget; body: string },
): (old: ApiObject) => Json {
  const isStrategic = type === "application/strategic-merge-patch+json" && !target.resource.custom;
  if (type === "application/json-patch+json") return jsonPatcher(readJson(body));
  if (type !== "application/merge-patch+json" && !isStrategic) throw unsupportedMediaType(patchTypes(target));
  const patch = readJson(body);
  if (!isObject(patch)) throw badRequest("error decoding patch: the patch is not an object");
  const merge = isStrategic ? strategicMerge : mergePatch;
  return (old) => merge(old as unknown as JsonObject, patch);
}

/** What a patch made must still be an object of the same name. */
function checkPatched(patched: Json, target: WriteTarget): JsonObject {
  const { resource, namespace } = target;
  if (!isObject(patched)) throw brokenPatch(patched, "it is not an object");
  const isNamed = typeof patched.kind === "string" && patched.kind !== "";
  const problem = isNamed ? metaTypeError(patched) : "Object 'Kind' is missing";
  if (problem !== undefined) throw brokenPatch(patched, problem);
  if (!resource.custom && (patched.kind !== resource.kind || patched.apiVersion !== resource.apiVersion)) {
    throw brokenPatch(patched, `no kind ${JSON.stringify(patched.kind)} is registered for this version`);
  }
  checkIdentity(patched, target);
  return withMeta(patched, { namespace: metaString(patched, "namespace") ?? namespace });
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

function jsonPatcher(patch: Json): (old: ApiObject) => Json {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: json: cannot unmarshal object into a JSON patch");
  if (patch.length > maxOperations) {
    throw new ApiError({
      code: 413,
      reason: "RequestEntityTooLarge",
      message:
        `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    });
  }
  if (!patch.every(isObject)) throw badRequest("error decoding patch: an operation is not an object");
  return function desired(old) {
    const operations = patch.map(checkOperation);
    const copy = cloneJson(old as unknown as JsonObject);
    const errors = applyPatch(copy, cloneJson(operations as unknown as Json[]) as unknown as Operation[]);
    if (errors.some((err) => err !== null)) throw unprocessable();
    return copy;
  };
}

function checkOperation(operation: Json): Operation {
  const valid = isObject(operation) && typeof operation.op === "string" && typeof operation.path === "string" &&
    (operation.path === "" || operation.path.startsWith("/"));
  if (!valid) throw unprocessable();
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
  const isNew = core.store.get(resource, keyOfTarget(target)) === undefined;
  if (isNew && target.subresource !== "") throw notFound(resource, name);
  const config = appliedConfig(request, { target, isNew });
  const options: ApplyOptions = {
    resource,
    manager: target.manager,
    subresource: target.subresource,
    force: request.query.force === "true" || request.query.force === "1",
    now: core.clock.now(),
  };
  if (!isNew) return await applyUpdate(core, target, { config, options });
  const uid = metaString(config, "uid");
  if (uid !== undefined) {
    throw conflict(
      resource,
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  }
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

function appliedConfig(request: ApiRequest, { target, isNew }: { target: WriteTarget; isNew: boolean }): JsonObject {
  const { resource, name, namespace } = target;
  const config = readYaml(request.body);
  if (!isObject(config)) throw badRequest("error decoding YAML: the applied configuration is not an object");
  const problem = metaTypeError(config);
  if (problem !== undefined) throw untyped(`failed to create typed patch object: ${problem}`);
  if (metaOf(config).managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  if (config.apiVersion !== resource.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(config.apiVersion)}, ` +
        `expected: ${resource.apiVersion}`,
    );
  }
  const named = withMeta(config, { name: metaString(config, "name") ?? (isNew ? undefined : name) });
  checkIdentity(named, target);
  return withMeta(named, { namespace: namespace ?? undefined });
}
