import { unwrapped } from "./conf_rows.ts";
import { confSchema } from "./conf_schema.ts";
import { nearestOf } from "./nearest.ts";

/** A setting that nobody reads. */
export interface UnknownKey {
  /** Its path, such as `podResourceInject.enable`, or the name of a variable. */
  readonly key: string;
  /** The one of the same place that was probably meant. */
  readonly meant?: string;
}

/** More are not told: a file with so many is something else. */
export const MAX_KEYS = 50;
const MAX_KEY_CHARACTERS = 120;

/**
 * Keys of `document` that {@linkcode confSchema} does not have, at most 50. They are ignored, but an operator who
 * mistyped a switch wants to know.
 *
 * @param document a value that passed the schema
 */
export function unknownKeys(document: unknown): UnknownKey[] {
  return walk(confSchema, { value: document, path: "" }).slice(0, MAX_KEYS);
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

function walk(schema: object, { value, path }: Place): UnknownKey[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = unwrapped(schema);
  if (Array.isArray(value)) {
    const item = "item" in inner ? inner.item as object : {}; // valibot's ArraySchema
    return value.flatMap((element, i) => walk(item, { value: element, path: `${path}[${i}]` }));
  }
  if (!("entries" in inner)) return []; // free-form, such as matchLabels
  const entries = inner.entries as Record<string, object>; // valibot's ObjectSchema
  return Object.entries(value).flatMap(([key, member]) => {
    const schema = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return schema === undefined
      ? [unknownKey(key, { prefix: pathOf(path, ""), known: Object.keys(entries) })]
      : walk(schema, { value: member, path: pathOf(path, key) });
  });
}

/** What is told of `key`, which stands after `prefix`, where `known` could stand. */
export function unknownKey(
  key: string,
  { prefix, known }: { readonly prefix: string; readonly known: readonly string[] },
): UnknownKey {
  const told = { key: `${prefix}${key}`.slice(0, MAX_KEY_CHARACTERS) };
  const meant = key.length > MAX_KEY_CHARACTERS ? undefined : nearestOf(key, known);
  return meant === undefined ? told : { ...told, meant: `${prefix}${meant}` };
}

function pathOf(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
