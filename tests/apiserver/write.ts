/** Create and update: checks, admission, then one synchronous step that compares and stores. */
import { type Core, definitionOf, nameSuffix, timestampOf } from "./core.ts";
import { equalJson, isObject, type Json, type JsonObject, stringOf } from "./json.ts";
import { sameButTimes, trackCreate, type TrackOptions, trackUpdate } from "./managed_fields.ts";
import { type ApiObject, finalizersOf, metaOf, metaString, withMeta } from "./object.ts";
import {
  admit,
  asSent,
  changedMetaErrors,
  completeNew,
  completeUpdate,
  isFinished,
  type Shaped,
  shapeObject,
  validateObject,
} from "./prepare.ts";
import type { Resource } from "./resource.ts";
import { alreadyExists, badRequest, conflict, forbiddenWrite, invalidObject, notFound, untyped } from "./status.ts";
import { cannotHandle, checkTypeMeta } from "./body.ts";
import { StoredVersion } from "./version.ts";
import { keyOfTarget, type WriteResult, type WriteTarget } from "./write_target.ts";

/** Names tried for a `generateName`, as the real server does. */
const generateTries = 8;
/** Rounds of an update without resourceVersion that always meets another writer. */
const updateTries = 20;

/** What to create. */
export interface NewObject {
  readonly body: JsonObject;
  /** Changes the completed object before it is validated. @default the manager owns all of it */
  readonly mark?: (object: ApiObject) => ApiObject;
  /** Whether an update or an apply creates it, which does not care for a resourceVersion. @default false */
  readonly isUpdate?: boolean;
  /** Whether nulls of custom resources stay, to be refused. @default false */
  readonly keepsNulls?: boolean;
}

/**
 * Creates an object.
 *
 * @throws {ApiError} when refused
 */
export async function createObject(
  core: Core,
  target: WriteTarget,
  { body, mark = creationMark(core, target), isUpdate = false, keepsNulls = false }: NewObject,
): Promise<WriteResult> {
  const { resource } = target;
  const shaped = shapeObject(body, resource, { keepsNulls });
  if (!isUpdate) noteUnknownFields(shaped, target);
  const namespace = namespaceOf(body, target);
  const version = metaString(body, "resourceVersion") ?? "";
  if (isUpdate && !/^\d*$/.test(version)) throw malformedVersion(version);
  if (resource.custom) checkTypeMeta(body, resource);
  const generateName = metaString(body, "generateName");
  const name = target.name || metaString(body, "name");
  for (let tries = 1;; tries++) {
    // Without both the name stays empty, and validation says so together with all else.
    const chosen = name ?? (generateName === undefined ? "" : `${generateName}${nameSuffix(core.random)}`);
    checkDefinition(core, { resource, name: chosen });
    checkNamespace(core, { resource, namespace, name: chosen });
    const object = mark(completeNew(shaped.object, { core, resource, namespace, name: chosen, isUpdate }));
    const admitted = await admitNew(core, { object, target });
    validateObject(admitted, { resource, old: undefined });
    if (!isUpdate && !target.dryRun && /^0*[1-9]\d*$/.test(version)) {
      throw untyped("resourceVersion should not be set on objects to be created");
    }
    const present = core.store.get(resource, { namespace, name: chosen })?.object;
    if (tries === 1) noteFinalizers(admitted, { old: undefined, target });
    if (present === undefined) return { status: 201, version: storeNew(core, { object: admitted, target }) };
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

/** While a definition is being deleted nothing new is made of it. */
function checkDefinition(core: Core, { resource, name }: { resource: Resource; name: string }): void {
  if (!resource.custom || definitionOf(core, resource)?.object.metadata.deletionTimestamp === undefined) return;
  throw forbiddenWrite(resource, name, {
    message: "create not allowed while custom resource definition is terminating",
  });
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

function noteUnknownFields(
  { unknown }: Shaped,
  { fieldValidation, resource, warnings }: WriteTarget,
  refuse: (problem: string) => Error = (problem) => badRequest(cannotHandle(resource, problem)),
): void {
  if (unknown.length === 0 || fieldValidation === "Ignore") return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (fieldValidation === "Warn") return void warnings.push(...texts);
  throw refuse(`strict decoding error: ${texts.join(", ")}`);
}

/** Who writes a custom resource is told of finalizers that somebody else could use, too. */
function noteFinalizers(
  object: ApiObject,
  { old, target: { resource, warnings } }: { old: ApiObject | undefined; target: WriteTarget },
): void {
  if (!resource.custom) return;
  const before = old === undefined ? [] : finalizersOf(old);
  const added = finalizersOf(object).filter((item) => !before.includes(item) && !standardFinalizers.includes(item));
  for (const item of added.filter((item) => !item.includes("/")).sort()) {
    const path = item.includes(".") ? " including a path (/)" : "";
    warnings.push(
      `metadata.finalizers: ${JSON.stringify(item)}: prefer a domain-qualified finalizer name${path} to avoid ` +
        "accidental conflicts with other finalizer writers",
    );
  }
}

const standardFinalizers = ["orphan", "foregroundDeletion", "kubernetes"];

/** How an update gets from the stored object to the wanted one. */
export interface UpdatePlan {
  /** The wanted object, in the words of a client; called again when another write came between. */
  readonly desired: (old: ApiObject) => JsonObject;
  /** Changes the completed object before it is validated. @default the manager owns what changed */
  readonly mark?: (next: ApiObject, old: ApiObject) => ApiObject;
  /** Whether a UID in the wanted object is a precondition; otherwise it is just a field. @default false */
  readonly checksUid?: boolean;
  /** Whether nulls of custom resources stay, to be refused. @default false */
  readonly keepsNulls?: boolean;
  /** Error for fields that the Kind does not have, where the wanted object was not checked for them before. */
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
    const { refuse, keepsNulls = false } = plan;
    const shaped = shapeObject(desired, resource, { keepsNulls });
    if (tries === 1 && refuse !== undefined) noteUnknownFields(shaped, target, (problem) => refuse(desired, problem));
    checkPreconditions(desired, { old, target, plan });
    if (resource.custom && target.subresource === "") {
      const more = () =>
        changedMetaErrors(
          completeUpdate(shaped.object, { core, resource, old: old.object, subresource: "" }),
          old.object,
        );
      checkTypeMeta(desired, resource, { more });
    }
    const next = await nextObject(core, { body: shaped.object, old: old.object, target, plan });
    if (tries === 1) noteFinalizers(next, { old: old.object, target });
    if (core.store.get(resource, keyOfTarget(target)) !== old) continue; // written during admission: decide again
    return { status: 200, version: storeUpdate(core, { next, old, target }) };
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
  const next = plan.mark?.(completed, old) ?? tracked(completed, {
    sent: asSent(body, { old, resource, subresource, timestamp: timestampOf(now) }),
    track: { old, resource, manager, now, subresource },
  });
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
  if (!equalJson(admitted as unknown as Json, old as unknown as Json)) {
    validateObject(admitted, { resource, old, subresource });
  }
  return admitted;
}

/** Ownership follows what was sent: who sends labels to a status owns them there although they do not change. */
function tracked(completed: ApiObject, { sent, track }: { sent: ApiObject; track: TrackOptions }): ApiObject {
  if (track.old.metadata.managedFields === undefined) return completed;
  return withMeta(completed, { managedFields: trackUpdate(sent, track).metadata.managedFields });
}

function checkPreconditions(
  desired: JsonObject,
  { old, target, plan }: { old: StoredVersion; target: WriteTarget; plan: UpdatePlan },
): void {
  const { resource, name } = target;
  const { uid } = old.object.metadata;
  const wantedUid = metaString(desired, "uid");
  if (plan.checksUid && wantedUid !== undefined && wantedUid !== uid) {
    throw otherUid(target, { wanted: wantedUid, uid });
  }
  const wanted = stringOf(metaOf(desired).resourceVersion) ?? "";
  if (wanted === String(old.revision)) return;
  if (!/^\d*$/.test(wanted)) throw malformedVersion(wanted);
  if (/[1-9]/.test(wanted)) throw conflict(resource, name);
  if (!resource.behavior.unconditionalUpdate) throw versionRequired(resource, name);
}

function malformedVersion(text: string): Error {
  return untyped(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
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
  if (sameButTimes(current, old.object)) return old;
  if (target.dryRun) return new StoredVersion(current, old.revision);
  if (!isFinished(current)) return core.store.put(target.resource, current);
  core.store.remove(target.resource, keyOfTarget(target));
  return new StoredVersion(current, old.revision); // what was asked for, although it never was stored
}

/**
 * PUT.
 *
 * @throws {ApiError} when refused
 */
export async function replaceObject(core: Core, target: WriteTarget, body: JsonObject): Promise<WriteResult> {
  const { resource, name } = target;
  noteUnknownFields(shapeObject(body, resource), target);
  checkIdentity(body, target);
  const exists = core.store.get(resource, keyOfTarget(target)) !== undefined;
  if (!exists && resource.behavior.createOnUpdate && target.subresource === "") {
    const wanted = metaString(body, "uid");
    if (wanted !== undefined) throw otherUid(target, { wanted, uid: "" });
    return await createObject(core, target, { body, isUpdate: true });
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
