/** Updates: checks, admission, then one synchronous step that compares and stores. */
import { checkTypeMeta } from "./body.ts";
import { type Core, timestampOf } from "./core.ts";
import { createObject } from "./create.ts";
import { equalJson, type Json, type JsonObject, stringOf } from "./json.ts";
import { sameButTimes, type TrackOptions, trackUpdate } from "./managed_fields.ts";
import { type ApiObject, metaOf, metaString, withMeta } from "./object.ts";
import {
  admit,
  asSent,
  changedMetaErrors,
  completeUpdate,
  isFinished,
  shapeObject,
  validateObject,
} from "./prepare.ts";
import type { Resource } from "./resource.ts";
import { conflict, invalidObject, notFound } from "./object_refusals.ts";
import { StoredVersion } from "./version.ts";
import { checkIdentity, malformedVersion, noteFinalizers, noteUnknownFields, otherUid } from "./write_checks.ts";
import { keyOfTarget, type WriteResult, type WriteTarget } from "./write_target.ts";

/** Rounds of an update without resourceVersion that always meets another writer. */
const updateTries = 20;

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
