/**
 * Field ownership. As in Kubernetes 1.16 to 1.17, ownership is by default kept from an object's first server-side apply
 * on: what it held before then belongs to `before-first-apply`, and objects that are never applied carry no managed fields.
 * Ownership is kept per leaf; items of keyed lists are followed by key, other lists are one leaf.
 */
import { timestampOf } from "./core.ts";
import { fieldsV1Of, pathsOfFieldsV1 } from "./fields_v1.ts";
import { arrayOr, equalJson, isObject, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type LeafMap, leavesOf } from "./leaves.ts";
import { type MergeShapes, mergeShapesOf } from "./list_keys.ts";
import { type ApiObject, withMeta } from "./object.ts";
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

/** The leaves of an object that can have owners. */
export function ownedLeaves(object: Readonly<JsonObject>, shapes: MergeShapes): LeafMap {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const { labels, annotations, finalizers, ownerReferences } = objectOr(metadata);
  const meta = Object.fromEntries(
    Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(([, value]) => value !== undefined),
  ) as JsonObject;
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
  /** Whether an object without managed fields gets some. */
  readonly always: boolean;
}

/** The first owner of a new object: whoever created it owns all of it. */
export function trackCreate(
  object: ApiObject,
  { resource, manager, now }: Pick<TrackOptions, "resource" | "manager" | "now">,
): ApiObject {
  const paths = [...ownedLeaves(object, mergeShapesOf(resource)).keys()];
  return withManagers(object, taken([], { manager, subresource: "", time: timestampOf(now), paths }));
}

/** An update's effect on ownership: the manager takes what it changed, everybody loses what is gone. */
export function trackUpdate(
  next: ApiObject,
  { old, resource, manager, now, subresource, always }: TrackOptions,
): ApiObject {
  if (old.metadata.managedFields === undefined && !always) return next;
  const shapes = mergeShapesOf(resource);
  const before = ownedLeaves(old, shapes);
  const after = ownedLeaves(next, shapes);
  const changed = [...after].filter(([path, value]) => !equalJson(value, before.get(path))).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  if (changed.length === 0 && removed.length === 0) return next;
  const gone = new Set([...changed, ...removed]);
  const entries = managersOf(old).map((entry) => ({ ...entry, paths: without(entry.paths, gone) }));
  return withManagers(next, taken(entries, { manager, subresource, time: timestampOf(now), paths: changed }));
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
