/** What server-side apply refuses before it merges: values that its typed view of the Kind cannot hold. */
import { isObject, isRawNumber, type Json } from "./json.ts";
import type { Schema } from "./schema.ts";

/** The first field of `value` that its schema does not declare or that has another type; `undefined`: all fits. */
export function typedProblem(
  value: Json,
  { schema, path = "" }: { schema: Schema; path?: string },
): string | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return listProblem(value, { schema, path });
  if (isObject(value)) return mapProblem(value, { schema, path });
  const fits = schema.intOrString || schema.type === undefined || schema.type === scalarType(value) ||
    (schema.type === "number" && scalarType(value) === "integer") ||
    (schema.type === "integer" && scalarType(value) === "number"); // judged later, by validation
  return fits ? undefined : `${path}: expected ${schema.type ?? "something else"}, got ${scalarType(value)}`;
}

function scalarType(value: Json): string {
  if (isRawNumber(value)) return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function listProblem(list: readonly Json[], { schema, path }: { schema: Schema; path: string }): string | undefined {
  if (schema.type !== undefined && schema.type !== "array") return `${path}: expected ${schema.type}, got a list`;
  const { items } = schema;
  if (items === undefined) return undefined;
  return firstOf(list.map((item, i) => () => typedProblem(item, { schema: items, path: `${path}[${i}]` })));
}

function mapProblem(value: Json, { schema, path }: { schema: Schema; path: string }): string | undefined {
  if (!isObject(value)) return undefined;
  if (schema.type !== undefined && schema.type !== "object") return `${path}: expected ${schema.type}, got a map`;
  return firstOf(
    Object.entries(value).map(([key, item]) => () => {
      if (path === "" && (key === "metadata" || key === "apiVersion" || key === "kind")) return undefined;
      const below = schema.properties.get(key) ??
        (typeof schema.additional === "object" ? schema.additional : undefined);
      if (below !== undefined) return typedProblem(item, { schema: below, path: `${path}.${key}` });
      const isOpen = schema.preserveUnknown || schema.additional === true;
      return isOpen ? undefined : `${path}.${key}: field not declared in schema`;
    }),
  );
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
