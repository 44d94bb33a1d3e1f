/**
 * Field ownership. As in Kubernetes 1.16 to 1.17, ownership is by default kept from an object's first server-side apply
 * on: what it held before then belongs to `before-first-apply`, and objects that are never applied carry no managed fields.
 * Ownership is kept per leaf; items of keyed lists are followed by key, other lists are one leaf.
 */
import { timestampOf } from "./core.ts";
import { fieldsV1Of, pathsOfFieldsV1 } from "./fields_v1.ts";
import { arrayOr, equalJson, isObject, type Json, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type LeafMap, leavesOf, pathText } from "./leaves.ts";
import { type MergeShapes, mergeShapesOf } from "./list_keys.ts";
import { type ApiObject, withField, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";

/** Ownership of one manager. */
export interface ManagerEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
  readonly time: string;
  readonly paths: ReadonlySet<string>;
}

/** The owners of an object; empty for one that was never applied. */
export function managersOf(object: ApiObject): ManagerEntry[] {
  return arrayOr(object.metadata.managedFields).filter(isObject).map((entry) => ({
    manager: stringOf(entry.manager) ?? "",
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    subresource: stringOf(entry.subresource) ?? "",
    time: stringOf(entry.time) ?? "",
    paths: new Set(pathsOfFieldsV1(objectOr(entry.fieldsV1))),
  }));
}

/** `object` with these owners; entries that own nothing go. */
export function withManagers(object: ApiObject, entries: readonly ManagerEntry[]): ApiObject {
  const managedFields = entries.filter(({ paths }) => paths.size > 0).map((entry): JsonObject => ({
    manager: entry.manager,
    operation: entry.operation,
    apiVersion: object.apiVersion,
    time: entry.time,
    fieldsType: "FieldsV1",
    fieldsV1: fieldsV1Of(entry.paths),
    ...(entry.subresource === "" ? {} : { subresource: entry.subresource }),
  }));
  return withMeta(object, { managedFields: managedFields.length === 0 ? undefined : managedFields });
}

/** Whether two objects are the same but for the times of who wrote what: then there is nothing to store. */
export function sameButTimes(a: ApiObject, b: ApiObject): boolean {
  if (a.metadata.managedFields === undefined && b.metadata.managedFields === undefined) {
    return equalJson(a as unknown as Json, b as unknown as Json);
  }
  return equalJson(timeless(a), timeless(b));
}

function timeless(object: ApiObject): Json {
  const entries = managersOf(object).map(({ time: _time, paths, ...entry }) => ({
    ...entry,
    paths: [...paths].sort(),
  }));
  const managedFields = entries.map((entry) => JSON.stringify(entry)).sort();
  return withMeta(object, { managedFields }) as unknown as Json;
}

/** Keys of metadata that can have owners. */
const ownedMeta = [
  ...["labels", "annotations", "finalizers", "ownerReferences"],
  ...["generateName", "deletionTimestamp", "deletionGracePeriodSeconds"],
];

/** The leaves of an object that can have owners. */
export function ownedLeaves(object: Readonly<JsonObject>, shapes: MergeShapes): LeafMap {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const meta = Object.fromEntries(Object.entries(objectOr(metadata)).filter(([key]) => ownedMeta.includes(key)));
  return leavesOf({ ...(Object.keys(meta).length === 0 ? {} : { metadata: meta }), ...rest }, shapes);
}

/** What an update's effect on ownership depends on. */
export interface TrackOptions {
  readonly old: ApiObject;
  readonly resource: Resource;
  readonly manager: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly subresource: string;
}

/** The first owner of a new object: whoever created it owns all of it but a status of its own. */
export function trackCreate(
  object: ApiObject,
  { resource, manager, now }: Pick<TrackOptions, "resource" | "manager" | "now">,
): ApiObject {
  const written = resource.hasStatus ? withField(object, "status", undefined) : object;
  const paths = [...ownedLeaves(written, mergeShapesOf(resource))]
    .filter(([, value]) => resource.custom || !isEmptyMap(value)) // empty structs of built-in Kinds are always there
    .map(([path]) => path);
  return withManagers(object, taken([], { manager, subresource: "", time: timestampOf(now), paths }));
}

/**
 * An update's effect on ownership: the manager takes what it changed, everybody loses what is gone. An object that nobody
 * owns anything of stays so until its first apply.
 */
export function trackUpdate(
  next: ApiObject,
  { old, resource, manager, now, subresource }: TrackOptions,
): ApiObject {
  if (old.metadata.managedFields === undefined) return next;
  const shapes = mergeShapesOf(resource);
  const before = ownedLeaves(old, shapes);
  const after = ownedLeaves(next, shapes);
  // A map or list that is emptied or filled stays the same map or list.
  const changed = [...after].filter(([path, value]) => !equalJson(value, before.get(path)) && !hasBelow(before, path))
    .map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !after.has(path) && !hasBelow(after, path));
  if (changed.length === 0 && removed.length === 0) return next;
  const gone = new Set([...changed, ...removed]);
  const entries = managersOf(old).map((entry) => ({ ...entry, paths: without(entry.paths, gone) }));
  return withManagers(next, taken(entries, { manager, subresource, time: timestampOf(now), paths: changed }));
}

function isEmptyMap(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function hasBelow(leaves: LeafMap, path: string): boolean {
  const prefix = `${path}${pathText(["", ""])}`;
  return leaves.keys().some((other) => other.startsWith(prefix));
}

function taken(
  entries: readonly ManagerEntry[],
  { manager, subresource, time, paths }: { manager: string; subresource: string; time: string; paths: string[] },
): ManagerEntry[] {
  const isMine = (entry: ManagerEntry) =>
    entry.manager === manager && entry.operation === "Update" && entry.subresource === subresource;
  const mine = entries.find(isMine)?.paths ?? [];
  const entry = { manager, operation: "Update" as const, subresource, time, paths: new Set([...mine, ...paths]) };
  return [...entries.filter((other) => !isMine(other)), entry];
}

/** A set without some of its items. */
export function without(paths: ReadonlySet<string>, gone: ReadonlySet<string>): Set<string> {
  return new Set([...paths].filter((path) => !gone.has(path)));
}
