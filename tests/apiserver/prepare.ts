/** Objects on their way into the store: pruned, defaulted, completed, validated. Pure but for admission. */
import type { AdmissionRequest } from "./admission.ts";
import { type Core, newUid, timestampOf } from "./core.ts";
import type { FieldError } from "./field_error.ts";
import { at, equalJson, isObject, type Json, type JsonObject, objectOr } from "./json.ts";
import { prepareBuiltin, refreshBuiltin, refreshBuiltinStatus } from "./kinds.ts";
import { builtinErrors } from "./builtin_errors.ts";
import { metaForCreate, metaForUpdate, unknownMetaKeys } from "./meta.ts";
import { addedFinalizerErrors, immutableError, metadataErrors, nameErrors } from "./names.ts";
import { type ApiObject, finalizersOf, metaOf, withField, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";
import { applyDefaults, dropNulls } from "./schema_default.ts";
import { prune } from "./schema_prune.ts";
import { validateSchema } from "./schema_validate.ts";
import { invalidObject } from "./object_refusals.ts";

/** A body without unknown fields, and where they were. */
export interface Shaped {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

/**
 * Prunes and defaults a body by its Kind's schema.
 *
 * @param options `keepsNulls`: nulls without a default stay, as those of an apply do
 */
export function shapeObject(
  body: JsonObject,
  resource: Resource,
  { keepsNulls = false }: { keepsNulls?: boolean } = {},
): Shaped {
  const unknownMeta = unknownMetaKeys(metaOf(body)).map((key) => `metadata.${key}`);
  if (resource.schema === undefined) return { object: withoutNulls(body), unknown: unknownMeta };
  const { value, unknown } = prune(body, resource.schema);
  const object = applyDefaults(keepsNulls ? value : dropNulls(value, resource.schema), resource.schema);
  return { object, unknown: [...unknownMeta, ...unknown] };
}

/** Built-in Kinds treat null as absent. Shares what it does not change. */
function withoutNulls<T extends Json>(value: T): T;
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) {
    const list = value.map((item) => withoutNulls(item));
    return list.some((item, i) => item !== value[i]) ? list : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  const kept = entries.map(([key, item]) => [key, withoutNulls(item)] as const);
  const same = kept.length === Object.keys(value).length && kept.every(([key, item]) => item === value[key]);
  return same ? value : Object.fromEntries(kept);
}

/** A new object, complete but for its resourceVersion. `name` and `namespace` are decided already. */
export function completeNew(
  body: JsonObject,
  { core, resource, namespace, name, isUpdate = false }: {
    core: Core;
    resource: Resource;
    namespace: string | undefined;
    name: string;
    /** Whether an update or an apply creates it. @default false */
    isUpdate?: boolean;
  },
): ApiObject {
  const timestamp = timestampOf(core.clock.now());
  const metadata = {
    ...metaForCreate(body, isUpdate),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: newUid(core.random),
    creationTimestamp: timestamp,
    ...(resource.behavior.generation ? { generation: 1 } : {}),
  };
  if (namespace === undefined) delete (metadata as JsonObject).namespace;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = body;
  const object = { apiVersion: resource.apiVersion, kind: resource.kind, metadata, ...rest } as ApiObject;
  const dropStatus = resource.hasStatus && !resource.behavior.statusOnCreate;
  return prepareBuiltin(dropStatus ? withField(object, "status", undefined) : object, { resource, timestamp });
}

/** An updated object: what this request may not change is taken from `old`. */
export function completeUpdate(
  body: JsonObject,
  { core, resource, old, subresource }: { core: Core; resource: Resource; old: ApiObject; subresource: string },
): ApiObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = body;
  const metadata = metaForUpdate(body, old) as ApiObject["metadata"];
  const sent = { apiVersion: resource.apiVersion, kind: resource.kind, metadata, ...rest } as ApiObject;
  const next = subresource === "status"
    ? statusUpdate(sent, { resource, old })
    : refreshBuiltin(resource.hasStatus ? withField(sent, "status", old.status) : sent, {
      resource,
      old,
      timestamp: timestampOf(core.clock.now()),
    });
  return withGeneration(next, { resource, old });
}

/** A body as its sender means it: complete, and with the old object's values where this request cannot write. */
export function asSent(
  body: JsonObject,
  { resource, old, subresource, timestamp }: {
    resource: Resource;
    old: ApiObject;
    subresource: string;
    timestamp: string;
  },
): ApiObject {
  const { deletionTimestamp } = metaOf(body);
  const { metadata } = withMeta({ ...old, metadata: metaForUpdate(body, old) } as ApiObject, { deletionTimestamp });
  const shaped = { ...body, apiVersion: resource.apiVersion, kind: resource.kind, metadata } as ApiObject;
  const sent = resource.kind === "CustomResourceDefinition"
    ? shaped
    : refreshBuiltin(shaped, { resource, old, timestamp });
  if (subresource === "status") {
    const view = withField(sent, "spec", old.spec);
    return resource.custom ? view : withMeta(view, { ownerReferences: old.metadata.ownerReferences });
  }
  return resource.hasStatus ? withField(sent, "status", old.status) : sent;
}

/** Custom resources take nothing but status; built-in Kinds also labels, annotations and finalizers. */
function statusUpdate(sent: ApiObject, { resource, old }: { resource: Resource; old: ApiObject }): ApiObject {
  const { managedFields } = sent.metadata;
  if (resource.custom) {
    return withMeta(withField(old, "status", sent.status), { managedFields });
  }
  const { ownerReferences, deletionTimestamp } = old.metadata;
  const metadata = withMeta(sent, { ownerReferences, deletionTimestamp }).metadata;
  return refreshBuiltinStatus(withField({ ...old, metadata }, "status", sent.status), { resource, old });
}

function withGeneration(next: ApiObject, { resource, old }: { resource: Resource; old: ApiObject }): ApiObject {
  if (!resource.behavior.generation || sameIntent(next, { old, resource })) return next;
  const { generation } = old.metadata;
  return withMeta(next, { generation: (typeof generation === "number" ? generation : 0) + 1 });
}

function sameIntent(next: ApiObject, { old, resource }: { old: ApiObject; resource: Resource }): boolean {
  const ignored = resource.hasStatus ? ["metadata", "status"] : ["metadata"];
  const keys = new Set([...Object.keys(next), ...Object.keys(old)].filter((key) => !ignored.includes(key)));
  return [...keys].every((key) => equalJson(next[key], old[key]));
}

/** Lets the admission chain change the object, which is then shaped again. */
export async function admit(core: Core, request: AdmissionRequest): Promise<ApiObject | undefined> {
  if (core.admission === undefined) return request.object;
  const changed = await core.admission(request);
  if (changed === undefined || request.object === undefined) return request.object;
  const { object } = shapeObject(changed as JsonObject, request.resource);
  return object as ApiObject;
}

/**
 * Refuses an object that is not valid.
 *
 * @throws {ApiError} 422
 */
export function validateObject(
  object: ApiObject,
  { resource, old, subresource = "" }: { resource: Resource; old: ApiObject | undefined; subresource?: string },
): void {
  const errors = [
    ...(old === undefined ? nameErrors(object.metadata.name, resource.behavior.nameRule) : []),
    ...(old === undefined ? metadataErrors(object.metadata) : changedMetaErrors(object, old)),
    ...(subresource === "status" ? statusErrors(object, resource) : schemaErrors(object, resource)),
    ...builtinErrors(object, { resource, old }),
  ];
  if (errors.length > 0) throw invalidObject(resource, object.metadata.name, errors);
}

/** What is wrong with the metadata of an update. */
export function changedMetaErrors(object: ApiObject, old: ApiObject): FieldError[] {
  return [...updateErrors(object, old), ...metadataErrors(object.metadata)];
}

/** Of a status that is written alone only that is checked, and its own words start there. */
function statusErrors(object: ApiObject, { schema }: Resource): FieldError[] {
  const node = schema?.properties.get("status");
  if (node === undefined || object.status === undefined) return [];
  return validateSchema(object.status, { schema: node, path: "" })
    .map((error) => ({ ...error, path: error.path === "" ? "status" : `status.${error.path}` }));
}

function schemaErrors(object: ApiObject, resource: Resource): FieldError[] {
  return resource.schema === undefined
    ? []
    : validateSchema(object as unknown as Json, { schema: resource.schema, path: "" });
}

const fixedKeys = ["name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"];

function updateErrors(object: ApiObject, old: ApiObject): FieldError[] {
  const errors = fixedKeys.flatMap((key) =>
    object.metadata[key] === old.metadata[key] ? [] : [immutableError(`metadata.${key}`, object.metadata[key])]
  );
  if (old.metadata.deletionTimestamp === undefined) return errors;
  return [...errors, ...addedFinalizerErrors(finalizersOf(old), finalizersOf(object))];
}

/** Whether an object that is going away has nothing left to wait for. */
export function isFinished(object: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined || finalizersOf(object).length > 0) return false;
  if (typeof deletionGracePeriodSeconds === "number" && deletionGracePeriodSeconds > 0) return false;
  return object.kind !== "Namespace" || object.apiVersion !== "v1" || !hasSpecFinalizers(object);
}

function hasSpecFinalizers(object: ApiObject): boolean {
  const finalizers = at(objectOr(object.spec), "finalizers");
  return Array.isArray(finalizers) && finalizers.length > 0;
}
