import { isObject, type Json, type JsonObject, setKey } from "./json.ts";
import type { Schema } from "./schema.ts";

/** A value without its unknown fields, and where they were. */
export interface Pruned<T> {
  readonly value: T;
  /** Paths such as `spec.foo` or `spec.routes[0].bar`. */
  readonly unknown: readonly string[];
}

/**
 * Drops fields the schema does not name. `apiVersion`, `kind` and `metadata` of the root and of embedded
 * resources stay. Shares what it does not change.
 *
 * Source: apiextensions, `schema/pruning`.
 */
export function prune(object: JsonObject, schema: Schema): Pruned<JsonObject> {
  const unknown: string[] = [];
  const value = pruneObject(object, { schema, path: "", isRoot: true, unknown });
  return { value, unknown };
}

interface Place {
  readonly schema: Schema;
  readonly path: string;
  readonly isRoot: boolean;
  readonly unknown: string[];
}

function pruneValue(value: Json, place: Place): Json {
  if (isObject(value)) return pruneObject(value, place);
  const { items } = place.schema;
  if (!Array.isArray(value) || items === undefined) return value;
  const list = value.map((item, i) =>
    pruneValue(item, { ...place, schema: items, path: `${place.path}[${i}]`, isRoot: items.embedded })
  );
  return list.some((item, i) => item !== value[i]) ? list : value;
}

function pruneObject(object: JsonObject, place: Place): JsonObject {
  const kept: JsonObject = {};
  let changed = false;
  for (const [key, item] of Object.entries(object)) {
    const next = pruneField(item, { ...place, path: place.path === "" ? key : `${place.path}.${key}`, key });
    changed ||= next !== item;
    if (next !== undefined) setKey(kept, key, next);
  }
  return changed ? kept : object;
}

function pruneField(item: Json, place: Place & { key: string }): Json | undefined {
  const { schema, key, isRoot, path, unknown } = place;
  if (isRoot && (key === "apiVersion" || key === "kind" || key === "metadata")) return item;
  const known = schema.properties.get(key) ?? (typeof schema.additional === "object" ? schema.additional : undefined);
  if (known !== undefined) return pruneValue(item, { ...place, schema: known, isRoot: known.embedded });
  if (schema.preserveUnknown || schema.additional === true) return item;
  unknown.push(path);
  return undefined;
}
