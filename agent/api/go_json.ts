import { ContractError } from "./contract_error.ts";
import type { AnyObjectSchema, ArraySchema, IntegerSchema, Schema } from "./schema.ts";

/**
 * Gives `value` the shape of `schema` by the rules of Go's `encoding/json`, on which existing callers and configs rely:
 * keys match in any letter case, unknown keys are dropped, `null` is the same as absent, a wrong type is an error.
 *
 * @param value what `JSON.parse` gave
 * @param path where `value` stands, for the error; empty for a whole message
 * @returns `undefined` for `null`; objects have the spelling of `schema`
 * @throws {ContractError} 400 when a type is wrong
 */
export function decodeGoJson(schema: Schema, value: unknown, path = ""): unknown {
  if (value === null || value === undefined) return undefined;
  switch (schema.type) {
    case "string":
      if (typeof value !== "string") throw wrongType(schema, value, path);
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(schema, value, path);
      return value;
    case "integer":
      return decodeInteger(schema, value, path);
    case "array":
      return decodeArray(schema, value, path);
    case "object":
      return decodeObject(schema, value, path);
    default:
      return schema satisfies never;
  }
}

function decodeInteger(schema: IntegerSchema, value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(schema, value, path);
  return value;
}

function decodeArray(schema: ArraySchema, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw wrongType(schema, value, path);
  // Go leaves the zero value where a list holds a null.
  return value.map((item, i) => decodeGoJson(schema.items, item, `${path}.${i}`) ?? zeroOf(schema.items));
}

function decodeObject(schema: AnyObjectSchema, value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(schema, value, path);
  const names = namesOf(schema);
  const decoded: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = names.get(key) ?? names.get(key.toLowerCase());
    const memberSchema = name === undefined ? undefined : schema.properties[name];
    if (name === undefined || memberSchema === undefined) continue;
    const result = decodeGoJson(memberSchema, member, path === "" ? `${schema.title}.${name}` : `${path}.${name}`);
    if (result !== undefined) decoded[name] = result;
  }
  return decoded;
}

/** Property names by their own spelling and by their lower-case one. */
function namesOf(schema: AnyObjectSchema): Map<string, string> {
  const names = Object.keys(schema.properties);
  return new Map([...names.map((name) => [name.toLowerCase(), name] as const), ...names.map((n) => [n, n] as const)]);
}

function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case "string":
      return "";
    case "boolean":
      return false;
    case "integer":
      return 0;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return schema satisfies never;
  }
}

function wrongType(schema: Schema, value: unknown, path: string): ContractError {
  const field = path === "" ? "Go value" : `Go struct field ${path}`;
  return new ContractError(
    400,
    400,
    `json: cannot unmarshal ${kindOf(value)} into ${field} of type ${goTypeOf(schema)}`,
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" && !Number.isSafeInteger(value) ? `number ${value}` : typeof value;
}

function goTypeOf(schema: Schema): string {
  switch (schema.type) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "integer":
      return "int64";
    case "array":
      return `[]${goTypeOf(schema.items)}`;
    case "object":
      return schema.title;
    default:
      return schema satisfies never;
  }
}
