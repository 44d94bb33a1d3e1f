import { cloneJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import type { Schema } from "./schema.ts";

/**
 * Drops nulls of fields and map entries whose schema neither allows them nor has a default; items of lists stay.
 * Shares what it does not change.
 *
 * Source: apiextensions, `schema/defaulting/prunenulls.go`.
 */
export function dropNulls<T extends Json>(value: T, schema: Schema): T;
export function dropNulls(value: Json, schema: Schema): Json {
  const { items } = schema;
  if (Array.isArray(value)) {
    if (items === undefined) return value;
    const list = value.map((item) => dropNulls(item, items));
    return list.some((item, i) => item !== value[i]) ? list : value;
  }
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  let changed = false;
  for (const [key, item] of Object.entries(value)) {
    const below = schema.properties.get(key) ?? (typeof schema.additional === "object" ? schema.additional : undefined);
    const isNoise = item === null && below !== undefined && !below.nullable && below.defaultValue === undefined;
    const next = below === undefined || isNoise ? item : dropNulls(item, below);
    changed ||= isNoise || next !== item;
    if (!isNoise) setKey(result, key, next);
  }
  return changed ? result : value;
}

/**
 * Fills in defaults. A null where the schema has a default and is not nullable counts as absent.
 * Shares what it does not change.
 *
 * Source: apiextensions, `schema/defaulting`.
 */
export function applyDefaults<T extends Json>(value: T, schema: Schema): T;
export function applyDefaults(value: Json, schema: Schema): Json {
  if (isObject(value)) return defaultObject(value, schema);
  const { items } = schema;
  if (!Array.isArray(value) || items === undefined) return value;
  const list = value.map((item) => applyDefaults(dropNull(item, items), items));
  return list.some((item, i) => item !== value[i]) ? list : value;
}

function dropNull(item: Json, schema: Schema): Json {
  return item === null && !schema.nullable && schema.defaultValue !== undefined ? cloneJson(schema.defaultValue) : item;
}

function defaultObject(value: JsonObject, schema: Schema): JsonObject {
  let result = value;
  const change = (key: string, next: Json) => {
    if (result === value) result = { ...value };
    setKey(result, key, next);
  };
  for (const [key, property] of schema.properties) {
    let item = Object.hasOwn(value, key) ? value[key] : undefined;
    if ((item === undefined || (item === null && !property.nullable)) && property.defaultValue !== undefined) {
      item = cloneJson(property.defaultValue);
      change(key, item);
    }
    if (item === undefined) continue;
    const next = applyDefaults(item, property);
    if (next !== item) change(key, next);
  }
  if (typeof schema.additional === "object") defaultValues(value, { schema, change });
  return result;
}

function defaultValues(
  value: JsonObject,
  { schema, change }: { schema: Schema; change: (key: string, next: Json) => void },
): void {
  for (const [key, item] of Object.entries(value)) {
    if (schema.properties.has(key) || typeof schema.additional !== "object") continue;
    const next = applyDefaults(dropNull(item, schema.additional), schema.additional);
    if (next !== item) change(key, next);
  }
}
