import type { AnyObjectSchema, ObjectSchema, Schema } from "./schema.ts";

/**
 * Encodes a message as upstream does: members in alphabetical order, `<`, `>` and `&` as they are, optional members
 * left out when they hold the zero value (lists are always there, `null` when unset), a newline at the end.
 */
export function encodeBody<T>(model: ObjectSchema<T>, value: T): string {
  return encodeJson(shaped(model as AnyObjectSchema, value));
}

/** JSON and a newline. */
export function encodeJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function shaped(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (schema.type === "array") return (value as unknown[]).map((item) => shaped(schema.items, item));
  if (schema.type !== "object") return value;
  const members = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [name, memberSchema] of Object.entries(schema.properties)) {
    const member = members[name];
    const kept = memberSchema.type === "array" || schema.required.includes(name) || !isZero(member);
    if (kept) result[name] = shaped(memberSchema, member);
  }
  return result;
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === 0 || value === false;
}
