import type * as v from "valibot";
import { confSchema } from "./conf_schema.ts";

/**
 * Key paths of `document` that {@linkcode confSchema} does not have. They are ignored, but an operator who mistyped a
 * switch wants to know.
 *
 * @param document a value that passed the schema
 */
export function unknownKeys(document: unknown): string[] {
  return walk(confSchema, { value: document, path: "" });
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

function walk(schema: unknown, { value, path }: Place): string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = unwrap(schema);
  if (Array.isArray(value)) {
    const item = "item" in inner ? inner.item : undefined;
    return value.flatMap((element, i) => walk(item, { value: element, path: `${path}[${i}]` }));
  }
  if (!("entries" in inner)) return []; // free-form, such as matchLabels
  const entries = inner.entries as Record<string, v.GenericSchema>;
  return Object.entries(value).flatMap(([key, member]) => {
    const memberPath = path === "" ? key : `${path}.${key}`;
    return Object.hasOwn(entries, key) ? walk(entries[key], { value: member, path: memberPath }) : [memberPath];
  });
}

/** The schema inside `nullish`. */
function unwrap(schema: unknown): object {
  if (typeof schema !== "object" || schema === null) return {};
  if ("wrapped" in schema) return unwrap(schema.wrapped);
  return schema;
}
