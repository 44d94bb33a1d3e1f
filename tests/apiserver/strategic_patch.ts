/** Strategic merge patch for built-in Kinds. Source: apimachinery, `util/strategicpatch`. */
import { equalJson, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { builtinListShape } from "./list_keys.ts";

/** Merges `patch` into `current`; keyed lists merge item by item, other lists are replaced. */
export function strategicMerge(current: JsonObject, patch: JsonObject, path: readonly string[] = []): JsonObject {
  if (patch.$patch === "replace") return withoutDirectives(patch);
  const result = keepOnly(current, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) delete result[key];
    else setKey(result, key, mergeValue(result[key], value, [...path, key]));
  }
  return applyListDirectives(result, patch, path);
}

function keepOnly(current: JsonObject, retained: Json | undefined): JsonObject {
  if (!Array.isArray(retained)) return { ...current };
  return Object.fromEntries(Object.entries(current).filter(([key]) => retained.includes(key)));
}

function mergeValue(current: Json | undefined, patch: Json, path: readonly string[]): Json {
  if (isObject(patch)) return strategicMerge(isObject(current) ? current : {}, patch, path);
  if (!Array.isArray(patch)) return patch;
  const shape = builtinListShape(path);
  const list = Array.isArray(current) ? current : [];
  if (shape.kind === "set") return [...list, ...patch.filter((item) => !list.some((old) => equalJson(old, item)))];
  const key = shape.kind === "keyed" ? shape.keys[0] : undefined;
  return key === undefined ? patch.map(cleanItem) : mergeKeyed(list, patch, { key, path });
}

function mergeKeyed(
  current: readonly Json[],
  patch: readonly Json[],
  { key, path }: { key: string; path: readonly string[] },
): Json[] {
  if (patch.some((item) => isObject(item) && item.$patch === "replace" && item[key] === undefined)) {
    return patch.filter((item) => !(isObject(item) && item.$patch === "replace" && item[key] === undefined));
  }
  const result = [...current];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const index = result.findIndex((old) => isObject(old) && equalJson(old[key], item[key]));
    if (item.$patch === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(withoutDirectives(item));
    else result[index] = strategicMerge(result[index] as JsonObject, item, [...path, "*"]);
  }
  return result;
}

/** `$deleteFromPrimitiveList/<field>` and `$setElementOrder/<field>`. */
function applyListDirectives(result: JsonObject, patch: JsonObject, path: readonly string[]): JsonObject {
  for (const [directive, value] of Object.entries(patch)) {
    const [name, field = ""] = directive.split("/", 2);
    const list = result[field];
    if (!Array.isArray(value) || !Array.isArray(list)) continue;
    if (name === "$deleteFromPrimitiveList") {
      result[field] = list.filter((item) => !value.some((gone) => equalJson(gone, item)));
    } else if (name === "$setElementOrder") result[field] = ordered(list, { order: value, path: [...path, field] });
  }
  return result;
}

function ordered(
  list: readonly Json[],
  { order, path }: { order: readonly Json[]; path: readonly string[] },
): Json[] {
  const shape = builtinListShape(path);
  const key = shape.kind === "keyed" ? shape.keys[0] ?? "" : undefined;
  const identity = (item: Json) => (key !== undefined && isObject(item) ? item[key] : item);
  const place = (item: Json) => {
    const index = order.findIndex((wanted) => equalJson(identity(wanted), identity(item)));
    return index < 0 ? order.length : index;
  };
  return list.map((item, i) => ({ item, i, at: place(item) })).sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ item }) => item);
}

function cleanItem(item: Json): Json {
  return isObject(item) ? withoutDirectives(item) : item;
}

function withoutDirectives(value: JsonObject): JsonObject {
  const entries = Object.entries(value).filter(([key, item]) => !key.startsWith("$") && item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, cleanValue(item)]));
}

function cleanValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleanValue);
  return isObject(value) ? withoutDirectives(value) : value;
}
