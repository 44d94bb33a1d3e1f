/** JSON values as the server holds them: whole numbers beyond 2^53 survive a round trip. */

/** Anything JSON can say. A whole number beyond 2^53 is a {@linkcode RawNumber}. */
export type Json = null | boolean | number | string | Json[] | JsonObject | RawNumber;

/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** A number kept as its text; `JSON.stringify` writes it back as it came. Made by `JSON.rawJSON`. */
export interface RawNumber extends JsonObject {
  readonly rawJSON: string;
}

interface RawJsonApi {
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): boolean;
}

const rawJson = JSON as unknown as RawJsonApi;
const longNumber = /(?:^|[:[,\s])-?[1-9]\d{15,}/;
const encoder = new TextEncoder();

/**
 * Parses JSON text.
 *
 * @throws {SyntaxError} for malformed text
 */
export function parseJson(text: string): Json {
  // The reviver is slow, so only texts that may hold a long number pay for it.
  return longNumber.test(text) ? JSON.parse(text, keepLongNumber) : JSON.parse(text);
}

function keepLongNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return /^-?\d+$/.test(context.source) ? rawJson.rawJSON(context.source) : value;
}

/** Whether `value` is a number kept as text. */
export function isRawNumber(value: Json | undefined): value is RawNumber {
  return typeof value === "object" && value !== null && rawJson.isRawJSON(value);
}

/** Whether `value` is an object: not null, not an array, not a number kept as text. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !rawJson.isRawJSON(value);
}

/** `value` if it is an object, else an empty one. */
export function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** `value` if it is a list, else an empty one. */
export function arrayOr(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** `value` if it is a string, else `undefined`. */
export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value below `path`; `undefined` where a step is missing. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

/** Whether two values say the same, whatever the order of keys. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equalJson(a[key], b[key]));
}

/** Freezes `value` and all below it. Stops at frozen parts, so shared parts cost nothing. */
export function deepFreeze<T extends Json>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}

/** A copy that shares nothing mutable with `value`. */
export function cloneJson<T extends Json>(value: T): T;
export function cloneJson(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => cloneJson(item));
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) setKey(copy, key, cloneJson(value[key] as Json));
  return copy;
}

/** Sets an own property, `__proto__` included. */
export function setKey(target: JsonObject, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}

/** UTF-8 bytes of `text`. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Whether `text` needs more than `limit` bytes in UTF-8. */
export function longerThan(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && encoder.encode(text).length > limit;
}

/** The start of a value's JSON text, for messages. */
export function metaJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
