/** Create and update: checks, admission, then one synchronous step that compares and stores. */
import { type Core, nameSuffix } from "./core.ts";
import { equalJson, isObject, type Json, type JsonObject, stringOf } from "./json.ts";
import { trackCreate, trackUpdate } from "./managed_fields.ts";
import { type ApiObject, metaOf, metaString, withMeta } from "./object.ts";
import { admit, completeNew, completeUpdate, isFinished, type Shaped, shapeObject, validateObject } from "./prepare.ts";
import type { Resource } from "./resource.ts";
import { alreadyExists, badRequest, conflict, forbiddenWrite, invalidObject, notFound, untyped } from "./status.ts";
import { cannotHandle, checkTypeMeta } from "./body.ts";
import { StoredVersion } from "./version.ts";
import { keyOfTarget, type WriteResult, type WriteTarget } from "./write_target.ts";

/** Names tried for a `generateName`, as the real server does. */
const generateTries = 8;
/** Rounds of an update without resourceVersion that always meets another writer. */
const updateTries = 20;

/**
 * Creates the object in `body`.
 *
 * @param mark changes the completed object before it is validated (managed fields)
 * @throws {ApiError} when refused
 */
export async function createObject(
  core: Core,
  target: WriteTarget,
  { body, mark = creationMark(core, target) }: { body: JsonObject; mark?: (object: ApiObject) => ApiObject },
): Promise<WriteResult> {
  const { resource } = target;
  const namespace = namespaceOf(body, target);
  const shaped = shapeObject(body, resource);
  const warnings = unknownFieldWarnings(shaped, target);
  if (resource.custom) checkTypeMeta(body, resource);
  const generateName = metaString(body, "generateName");
  const name = target.name || metaString(body, "name");
  if (name === undefined && generateName === undefined) throw nameRequired(resource);
  for (let tries = 1;; tries++) {
    const chosen = name ?? `${generateName}${nameSuffix(core.random)}`;
    checkNamespace(core, { resource, namespace, name: chosen });
    const object = mark(completeNew(shaped.object, { core, resource, namespace, name: chosen }));
    const admitted = await admitNew(core, { object, target });
    validateObject(admitted, { resource, old: undefined });
    if (/^0*[1-9]\d*$/.test(metaString(body, "resourceVersion") ?? "")) {
      throw untyped("resourceVersion should not be set on objects to be created");
    }
    const present = core.store.get(resource, { namespace, name: chosen })?.object;
    if (present === undefined) return { status: 201, version: storeNew(core, { object: admitted, target }), warnings };
    if (name !== undefined || tries >= generateTries) {
      throw alreadyExists(resource, chosen, present.metadata.deletionTimestamp !== undefined);
    }
  }
}

function creationMark(core: Core, { resource, manager }: WriteTarget): (object: ApiObject) => ApiObject {
  if (!core.ownsAlways) return (object) => object;
  return (object) => trackCreate(object, { resource, manager, now: core.clock.now() });
}

async function admitNew(
  core: Core,
  { object, target }: { object: ApiObject; target: WriteTarget },
): Promise<ApiObject> {
  const { resource, namespace, dryRun } = target;
  const { name } = object.metadata;
  const admitted = await admit(core, {
    operation: "CREATE",
    resource,
    subresource: "",
    namespace,
    name,
    object,
    oldObject: undefined,
    dryRun,
  });
  return admitted ?? object;
}

function storeNew(core: Core, { object, target }: { object: ApiObject; target: WriteTarget }): StoredVersion {
  if (target.dryRun) return new StoredVersion(object, core.store.revision);
  return core.store.put(target.resource, object);
}

function namespaceOf(body: JsonObject, { resource, namespace }: WriteTarget): string | undefined {
  const own = metaString(body, "namespace");
  if (!resource.namespaced) return undefined;
  if (own !== undefined && own !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (!namespace) throw badRequest("an empty namespace may not be set during creation");
  return namespace;
}

function nameRequired(resource: Resource): Error {
  return invalidObject(resource, "", [
    {
      path: "metadata.name",
      reason: "FieldValueRequired",
      message: "Required value: name or generateName is required",
    },
  ]);
}

/** What the NamespaceLifecycle admission plugin refuses. */
function checkNamespace(
  core: Core,
  { resource, namespace, name }: { resource: Resource; namespace: string | undefined; name: string },
): void {
  if (namespace === undefined) return;
  const namespaces = core.registry.find({ group: "", version: "v1", plural: "namespaces" });
  const found = namespaces && core.store.get(namespaces, { name: namespace });
  if (namespaces !== undefined && found === undefined) throw notFound(namespaces, namespace);
  if (found?.object.metadata.deletionTimestamp === undefined) return;
  throw forbiddenWrite(resource, name, {
    message: `unable to create new content in namespace ${namespace} because it is being terminated`,
    causes: [{
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    }],
  });
}

function unknownFieldWarnings(
  { unknown }: Shaped,
  { fieldValidation, resource }: WriteTarget,
  refuse: (problem: string) => Error = (problem) => badRequest(cannotHandle(resource, problem)),
): string[] {
  if (unknown.length === 0 || fieldValidation === "Ignore") return [];
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (fieldValidation === "Warn") return texts;
  throw refuse(`strict decoding error: ${texts.join(", ")}`);
}

/** How an update gets from the stored object to the wanted one. */
export interface UpdatePlan {
  /** The wanted object, in the words of a client; called again when another write came between. */
  readonly desired: (old: ApiObject) => JsonObject;
  /** Changes the completed object before it is validated. @default the manager owns what changed */
  readonly mark?: (next: ApiObject, old: ApiObject) => ApiObject;
  /** Whether the body must say which version it replaces. @default by the Kind */
  readonly versionRequired?: boolean;
  /** Whether a UID in the wanted object is a precondition; otherwise it is just a field. @default false */
  readonly checksUid?: boolean;
  /** Error for a wanted object that is none of the Kind. @default 400 */
  readonly refuse?: (desired: JsonObject, problem: string) => Error;
}

/**
 * Updates an object or its status.
 *
 * @throws {ApiError} when refused
 */
export async function updateObject(core: Core, target: WriteTarget, plan: UpdatePlan): Promise<WriteResult> {
  const { resource, name } = target;
  for (let tries = 1; tries <= updateTries; tries++) {
    const old = core.store.get(resource, keyOfTarget(target));
    if (old === undefined) throw notFound(resource, name);
    const desired = plan.desired(old.object);
    const { refuse } = plan;
    const shaped = shapeObject(desired, resource);
    const warnings = unknownFieldWarnings(shaped, target, refuse && ((problem) => refuse(desired, problem)));
    checkPreconditions(desired, { old, target, plan });
    if (resource.custom && target.subresource === "") checkTypeMeta(desired, resource);
    const next = await nextObject(core, { body: shaped.object, old: old.object, target, plan });
    if (core.store.get(resource, keyOfTarget(target)) !== old) continue; // written during admission: decide again
    return { status: 200, version: storeUpdate(core, { next, old, target }), warnings };
  }
  throw conflict(resource, name);
}

async function nextObject(
  core: Core,
  { body, old, target, plan }: { body: JsonObject; old: ApiObject; target: WriteTarget; plan: UpdatePlan },
): Promise<ApiObject> {
  const { resource, subresource, namespace, name, dryRun, manager } = target;
  const completed = completeUpdate(body, { core, resource, old, subresource });
  const now = core.clock.now();
  const next = plan.mark?.(completed, old) ??
    trackUpdate(completed, { old, resource, manager, now, subresource, always: core.ownsAlways });
  const admitted = await admit(core, {
    operation: "UPDATE",
    resource,
    subresource,
    namespace,
    name,
    object: next,
    oldObject: old,
    dryRun,
  }) ?? next;
  if (!equalJson(admitted as unknown as Json, old as unknown as Json)) validateObject(admitted, { resource, old });
  return admitted;
}

function checkPreconditions(
  desired: JsonObject,
  { old, target, plan }: { old: StoredVersion; target: WriteTarget; plan: UpdatePlan },
): void {
  const { resource, name } = target;
  const { uid } = old.object.metadata;
  const wantedUid = metaString(desired, "uid");
  if (plan.checksUid && wantedUid !== undefined && wantedUid !== uid) throw otherUid(target, { wanted: wantedUid, uid });
  const wanted = stringOf(metaOf(desired).resourceVersion) ?? "";
  if (wanted === String(old.revision)) return;
  if (!/^\d*$/.test(wanted)) throw untyped(`strconv.ParseUint: parsing ${JSON.stringify(wanted)}: invalid syntax`);
  if (/[1-9]/.test(wanted)) throw conflict(resource, name);
  if (plan.versionRequired ?? !resource.behavior.unconditionalUpdate) throw versionRequired(resource, name);
}

function otherUid({ resource, name }: WriteTarget, { wanted, uid }: { wanted: string; uid: string }): Error {
  return conflict(resource, name, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`);
}

function versionRequired(resource: Resource, name: string): Error {
  // The real server names the plural here, not the Kind.
  return invalidObject({ ...resource, kind: resource.plural }, name, [{
    path: "metadata.resourceVersion",
    reason: "FieldValueInvalid",
    message: "Invalid value: 0: must be specified for an update",
  }]);
}

function storeUpdate(
  core: Core,
  { next, old, target }: { next: ApiObject; old: StoredVersion; target: WriteTarget },
): StoredVersion {
  const current = withMeta(next, { resourceVersion: String(old.revision) });
  if (equalJson(current as unknown as Json, old.object as unknown as Json)) return old;
  if (target.dryRun) return new StoredVersion(current, old.revision);
  if (!isFinished(current)) return core.store.put(target.resource, current);
  return core.store.remove(target.resource, keyOfTarget(target)) ?? old;
}

/**
 * PUT.
 *
 * @throws {ApiError} when refused
 */
export async function replaceObject(core: Core, target: WriteTarget, body: JsonObject): Promise<WriteResult> {
  const { resource, name } = target;
  checkIdentity(body, target);
  const exists = core.store.get(resource, keyOfTarget(target)) !== undefined;
  if (!exists && resource.behavior.createOnUpdate && target.subresource === "") {
    const wanted = metaString(body, "uid");
    if (wanted !== undefined) throw otherUid(target, { wanted, uid: "" });
    return await createObject(core, target, { body });
  }
  const named = withMeta(body, { name, namespace: target.namespace });
  return await updateObject(core, target, { desired: () => named, checksUid: true });
}

/** @throws {ApiError} 400 if a body is about another object than the path */
export function checkIdentity(body: Readonly<JsonObject>, { name, namespace }: WriteTarget): void {
  const meta = body.metadata;
  const own = isObject(meta) ? stringOf(meta.name) ?? "" : "";
  if (own === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (own !== name) {
    throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  }
  const ownNamespace = metaString(body, "namespace");
  if (namespace !== undefined && ownNamespace !== undefined && ownNamespace !== namespace) {
    throw badRequest("the namespace of the object does not match the namespace on the request");
  }
}
