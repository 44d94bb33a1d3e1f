import { ContractError } from "./contract_error.ts";
import { decodeGoJson } from "./go_json.ts";
import type { AnyObjectSchema, ObjectSchema, Schema } from "./schema.ts";

/** Code of a missing property, parameter or body. */
const REQUIRED = 602;
const PATTERN_MISMATCH = 605;
const NOT_IN_ENUM = 606;

/**
 * Reads a JSON body: decodes it, then checks what must be present. Only the first flaw is reported, as upstream does.
 *
 * @param name the parameter's name in messages, such as `ipamAddArgs`
 * @throws {ContractError} 422 when something is missing, 400 when it is not JSON or has a wrong type
 */
export function decodeBody<T>(body: Uint8Array, { name, model }: { name: string; model: ObjectSchema<T> }): T {
  const text = new TextDecoder().decode(body);
  if (text.trim() === "") throw missing(name, "body");
  try {
    return decodeMessage(model, JSON.parse(text));
  } catch (err) {
    if (err instanceof ContractError && err.status !== 400) throw err;
    const reason = err instanceof Error ? err.message : String(err);
    throw new ContractError(400, 400, `parsing ${name} body from "" failed, because ${reason}`);
  }
}

/**
 * Checks and types a message that `JSON.parse` gave.
 *
 * @throws {ContractError} 400 for a wrong type, 422 for a missing, unlisted or mismatching value
 */
export function decodeMessage<T>(model: ObjectSchema<T>, json: unknown): T {
  const schema: AnyObjectSchema = model;
  const decoded = decodeGoJson(schema, json) ?? {};
  checkValue(schema, decoded, "");
  return decoded as T; // checkValue found all that is required, decodeGoJson gave every member its type
}

/**
 * A query parameter that must be there.
 *
 * @throws {ContractError} 422 when it is missing or empty
 */
export function requiredQuery(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "") throw missing(name, "query");
  return value;
}

function checkValue(schema: Schema, value: unknown, path: string): void {
  switch (schema.type) {
    case "object":
      return checkObject(schema, value as Record<string, unknown>, path);
    case "array":
      return (value as unknown[]).forEach((item, i) => checkValue(schema.items, item, `${path}.${i}`));
    case "integer":
      if (schema.enum !== undefined && !schema.enum.includes(value as number)) {
        throw new ContractError(422, NOT_IN_ENUM, `${path} in body should be one of [${schema.enum.join(" ")}]`);
      }
      return;
    case "string":
      if (schema.pattern !== undefined && value !== "" && !new RegExp(schema.pattern).test(value as string)) {
        throw new ContractError(422, PATTERN_MISMATCH, `${path} in body should match '${schema.pattern}'`);
      }
      return;
    case "boolean":
      return;
    default:
      return schema satisfies never;
  }
}

function checkObject(schema: AnyObjectSchema, value: Record<string, unknown>, path: string): void {
  for (const [name, memberSchema] of Object.entries(schema.properties)) {
    const memberPath = path === "" ? name : `${path}.${name}`;
    const member = value[name];
    if (member !== undefined) checkValue(memberSchema, member, memberPath);
    else if (schema.required.includes(name)) throw missing(memberPath, "body");
  }
}

function missing(name: string, place: "body" | "query"): ContractError {
  return new ContractError(422, REQUIRED, `${name} in ${place} is required`);
}
