/** Server-side apply: merge, give up what was dropped, refuse what others own. */
import { timestampOf } from "./core.ts";
import { equalJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { lastAppliedPaths } from "./last_applied.ts";
import { comparePaths, itemStep, type LeafMap, pathSteps, shownPath, withoutLeaf } from "./leaves.ts";
import { type MergeShapes, mergeShapesOf } from "./list_keys.ts";
import { type ManagerEntry, managersOf, ownedLeaves, without } from "./managed_fields.ts";
import type { ApiObject } from "./object.ts";
import type { Resource } from "./resource.ts";
import { applyConflict } from "./object_refusals.ts";

/** How to apply. */
export interface ApplyOptions {
  readonly resource: Resource;
  readonly manager: string;
  readonly force: boolean;
  readonly subresource: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Result of an apply: the object to store and who then owns what. */
export interface Applied {
  readonly object: JsonObject;
  readonly managers: readonly ManagerEntry[];
}

/**
 * Applies `config` to `old`.
 *
 * @throws {ApiError} 409 if another manager owns a field with another value and `force` is not set
 */
export function applyConfig(config: JsonObject, old: ApiObject, options: ApplyOptions): Applied {
  const shapes = mergeShapesOf(options.resource);
  const wanted = ownedLeaves(config, shapes);
  const current = ownedLeaves(old, shapes);
  const before = ownersBefore(old, { current, now: options.now });
  const mine = before.find((entry) => isMine(entry, options));
  const others = before.filter((entry) => entry !== mine);
  const contested = contestedPaths(wanted, { current, others });
  const mineBefore = options.manager === "kubectl" ? lastAppliedPaths(old, { current, shapes }) : new Set<string>();
  const refused = contested.filter(({ path }) => !mineBefore.has(path));
  if (refused.length > 0 && !options.force) throw conflictOf(refused, old.apiVersion);
  const lost = new Set(contested.map(({ path }) => path));
  const left = others.map((entry) => ({ ...entry, paths: without(entry.paths, lost) }));
  const dropped = [...mine?.paths ?? []].filter((path) =>
    !wanted.has(path) && !left.some((entry) => entry.paths.has(path))
  );
  const merged = mergeApply(old as unknown as Json, config, { fields: [], shapes }) as JsonObject;
  const object = dropped.reduce(
    (value, path) => (withoutLeaf(value, pathSteps(path), { fields: [], shapes }) ?? {}) as JsonObject,
    merged,
  );
  return { object, managers: [...left, applyEntry(wanted, options)] };
}

/** Who owns what after an object was created by an apply. */
export function managersOfNew(config: JsonObject, options: ApplyOptions): ManagerEntry[] {
  return [applyEntry(ownedLeaves(config, mergeShapesOf(options.resource)), options)];
}

function applyEntry(wanted: LeafMap, { manager, subresource, now }: ApplyOptions): ManagerEntry {
  return { manager, operation: "Apply", subresource, time: timestampOf(now), paths: new Set(wanted.keys()) };
}

function isMine(entry: ManagerEntry, { manager, subresource }: ApplyOptions): boolean {
  return entry.operation === "Apply" && entry.manager === manager && entry.subresource === subresource;
}

function ownersBefore(old: ApiObject, { current, now }: { current: LeafMap; now: number }): ManagerEntry[] {
  if (old.metadata.managedFields !== undefined) return managersOf(old);
  const paths = new Set(current.keys());
  return [{ manager: "before-first-apply", operation: "Update", subresource: "", time: timestampOf(now), paths }];
}

interface Contested {
  readonly path: string;
  readonly owner: ManagerEntry;
}

function contestedPaths(
  wanted: LeafMap,
  { current, others }: { current: LeafMap; others: readonly ManagerEntry[] },
): Contested[] {
  return [...wanted].flatMap(([path, value]) => {
    if (!current.has(path) || equalJson(value, current.get(path))) return []; // not there: an empty map that was filled
    return others.filter((entry) => entry.paths.has(path)).map((owner) => ({ path, owner }));
  });
}

function conflictOf(contested: readonly Contested[], apiVersion: string): Error {
  const ordered = contested.toSorted((a, b) =>
    compareTexts(ownerKey(a.owner), ownerKey(b.owner)) || comparePaths(a.path, b.path)
  );
  return applyConflict(ordered.map(({ path, owner }) => ({
    field: shownPath(path),
    message: `conflict with ${shownManager(owner, apiVersion)}`,
  })));
}

/** Orders managers as the real server does: by what it calls them inside. */
function ownerKey({ manager, operation, subresource }: ManagerEntry): string {
  return JSON.stringify({ manager, operation, ...(subresource === "" ? {} : { subresource }) });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shownManager({ manager, operation, subresource }: ManagerEntry, apiVersion: string): string {
  const name = `${JSON.stringify(manager)}${
    subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`
  }`;
  return operation === "Apply" ? name : `${name} using ${apiVersion}`;
}

interface MergePlace {
  readonly fields: readonly string[];
  readonly shapes: MergeShapes;
}

function mergeApply(old: Json | undefined, config: Json, place: MergePlace): Json {
  const shape = place.shapes(place.fields, Array.isArray(config));
  if (config === null && isObject(old) && shape.kind === "granular") return old;
  if (isObject(config) && isObject(old) && shape.kind === "granular") return mergeMaps(old, config, place);
  if (!Array.isArray(config) || !Array.isArray(old) || shape.kind === "atomic" || shape.kind === "granular") {
    return config;
  }
  const keys = shape.kind === "keyed" ? shape.keys : undefined;
  const below = { ...place, fields: [...place.fields, "*"] };
  const steps = old.map((item) => itemStep(item, keys));
  const result = [...old];
  for (const item of config) {
    const index = steps.indexOf(itemStep(item, keys));
    if (index < 0) result.push(item);
    else result[index] = mergeApply(old[index], item, below);
  }
  return result;
}

function mergeMaps(old: JsonObject, config: JsonObject, place: MergePlace): JsonObject {
  const result = { ...old };
  for (const [key, value] of Object.entries(config)) {
    setKey(result, key, mergeApply(old[key], value, { ...place, fields: [...place.fields, key] }));
  }
  return result;
}
