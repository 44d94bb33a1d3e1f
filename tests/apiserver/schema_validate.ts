/** Validation of values against structural schemas. Source of the wording: kube-openapi and apiextensions. */
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from "./field_error.ts";
import { equalJson, isObject, isRawNumber, type Json, type JsonObject, type RawNumber } from "./json.ts";
import type { Schema } from "./schema.ts";

/** All that is wrong with `value`; `path` is where it stands, `""` for the object itself. */
export function validateSchema(value: Json, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  if (value === null) return schema.nullable ? [] : nullError(schema, path);
  const typeName = typeNameOf(value);
  if (!typeFits(typeName, schema)) {
    const detail = `${path} in body must be of type ${schema.type ?? "integer,string"}: ${JSON.stringify(typeName)}`;
    return [...enumErrors(value, { schema, path }), typeInvalid(path, typeName, detail)];
  }
  return [...enumErrors(value, { schema, path }), ...valueErrors(value, { schema, path })];
}

function nullError(schema: Schema, path: string): FieldError[] {
  if (schema.type === undefined) return [];
  return [typeInvalid(path, "null", `${path} in body must be of type ${schema.type}: "null"`)];
}

function typeNameOf(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (isRawNumber(value)) return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function typeFits(typeName: string, schema: Schema): boolean {
  if (schema.intOrString) return typeName === "integer" || typeName === "string";
  return schema.type === undefined || schema.type === typeName || (schema.type === "number" && typeName === "integer");
}

function enumErrors(value: Json, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  // The real server converts a number to the type of the listed ones, which cuts it.
  const compared = typeof value === "number" ? Math.trunc(value) : value;
  if (schema.enumValues === undefined || schema.enumValues.some((allowed) => equalJson(allowed, compared))) return [];
  return [notSupported(path, value, schema.enumValues)];
}

function valueErrors(value: Json, place: { schema: Schema; path: string }): FieldError[] {
  if (typeof value === "string") return stringErrors(value, place);
  if (typeof value === "number" || isRawNumber(value)) return numberErrors(value, place);
  if (Array.isArray(value)) return arrayErrors(value, place);
  return isObject(value) ? objectErrors(value, place) : [];
}

function stringErrors(value: string, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  const { minLength, maxLength } = schema.limits;
  const errors: FieldError[] = [];
  if (maxLength !== undefined && value.length > maxLength) errors.push(tooLong(path, maxLength));
  if (minLength !== undefined && value.length < minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (schema.pattern !== undefined && !schema.pattern.test(value)) {
    errors.push(invalid(path, value, `${path} in body should match '${schema.pattern.source}'`));
  }
  return errors;
}

const integerFormats: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

function numberErrors(value: number | RawNumber, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  const number = typeof value === "number" ? value : Number(value.rawJSON);
  const range = schema.type === "integer" ? integerFormats[schema.format ?? ""] : undefined;
  const whole = range === undefined ? 0n : BigInt(typeof value === "number" ? value : value.rawJSON);
  if (range !== undefined && (whole < range[0] || whole > range[1])) {
    return [invalid(path, value, `Checked value must be of type integer with format ${schema.format} in ${path}`)];
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema.limits;
  const errors: FieldError[] = [];
  if (minimum !== undefined && (exclusiveMinimum ? number <= minimum : number < minimum)) {
    const words = exclusiveMinimum ? "greater than" : "greater than or equal to";
    errors.push(invalid(path, value, `${path} in body should be ${words} ${minimum}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? number >= maximum : number > maximum)) {
    const words = exclusiveMaximum ? "less than" : "less than or equal to";
    errors.push(invalid(path, value, `${path} in body should be ${words} ${maximum}`));
  }
  return errors;
}

function arrayErrors(value: readonly Json[], { schema, path }: { schema: Schema; path: string }): FieldError[] {
  const { minItems, maxItems } = schema.limits;
  const errors: FieldError[] = [];
  if (maxItems !== undefined && value.length > maxItems) {
    errors.push(tooMany(path, { actual: value.length, max: maxItems }));
  }
  if (minItems !== undefined && value.length < minItems) {
    errors.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  const { items } = schema;
  if (items !== undefined) {
    value.forEach((item, i) => errors.push(...validateSchema(item, { schema: items, path: `${path}[${i}]` })));
  }
  return [...errors, ...duplicateErrors(value, { schema, path })];
}

function duplicateErrors(value: readonly Json[], { schema, path }: { schema: Schema; path: string }): FieldError[] {
  if (schema.listType === "atomic") return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [i, item] of value.entries()) {
    const identity = schema.listType === "set" ? item : keysOf(item, schema);
    const text = JSON.stringify(identity);
    if (seen.has(text)) errors.push(duplicate(`${path}[${i}]`, identity));
    seen.add(text);
  }
  return errors;
}

function keysOf(item: Json, schema: Schema): JsonObject {
  const keys: JsonObject = {};
  for (const key of schema.listMapKeys) {
    const value = isObject(item) ? item[key] : undefined;
    if (value !== undefined) keys[key] = value;
  }
  return keys;
}

function objectErrors(value: JsonObject, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  const errors: FieldError[] = [];
  const below = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const key of schema.required) if (!Object.hasOwn(value, key)) errors.push(required(below(key)));
  for (const [key, item] of Object.entries(value)) {
    if (path === "" && key === "metadata") continue;
    const node = schema.properties.get(key) ?? (typeof schema.additional === "object" ? schema.additional : undefined);
    if (node !== undefined) errors.push(...validateSchema(item, { schema: node, path: below(key) }));
  }
  return [...errors, ...countErrors(value, { schema, path })];
}

function countErrors(value: JsonObject, { schema, path }: { schema: Schema; path: string }): FieldError[] {
  const { minProperties, maxProperties } = schema.limits;
  const actual = Object.keys(value).length;
  if (maxProperties !== undefined && actual > maxProperties) return [tooMany(path, { actual, max: maxProperties })];
  if (minProperties === undefined || actual >= minProperties) return [];
  return [invalid(path, actual, `${path} in body should have at least ${minProperties} properties`)];
}
