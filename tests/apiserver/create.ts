/** Creates: checks, admission, then one synchronous step that compares and stores. */
import { checkTypeMeta } from "./body.ts";
import { type Core, definitionOf, nameSuffix } from "./core.ts";
import type { JsonObject } from "./json.ts";
import { trackCreate } from "./managed_fields.ts";
import { type ApiObject, metaString } from "./object.ts";
import { admit, completeNew, shapeObject, validateObject } from "./prepare.ts";
import type { Resource } from "./resource.ts";
import { badRequest, untyped } from "./request_refusals.ts";
import { alreadyExists, forbiddenWrite, notFound } from "./object_refusals.ts";
import { StoredVersion } from "./version.ts";
import { malformedVersion, noteFinalizers, noteUnknownFields } from "./write_checks.ts";
import type { WriteResult, WriteTarget } from "./write_target.ts";

/** Names tried for a `generateName`, as the real server does. */
const generateTries = 8;

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
