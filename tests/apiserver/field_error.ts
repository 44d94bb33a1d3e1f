import type { Json } from "./json.ts";

/** `reason` of a cause in an Invalid Status. Source: apimachinery, `field.ErrorType`. */
export type FieldReason =
  | "FieldValueInvalid"
  | "FieldValueTypeInvalid"
  | "FieldValueRequired"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany";

/** One wrong field: `path` such as `spec.ips[0]`, `message` without the path. */
export interface FieldError {
  readonly path: string;
  readonly reason: FieldReason;
  readonly message: string;
}

/** The value is wrong. */
export function invalid(path: string, value: Json | undefined, detail: string): FieldError {
  return { path, reason: "FieldValueInvalid", message: `Invalid value: ${shown(value)}: ${detail}` };
}

/** The value has another type; `typeName` is what it has. */
export function typeInvalid(path: string, typeName: string, detail: string): FieldError {
  return { path, reason: "FieldValueTypeInvalid", message: `Invalid value: "${typeName}": ${detail}` };
}

/** The value is missing. */
export function required(path: string, detail = ""): FieldError {
  return {
    path,
    reason: "FieldValueRequired",
    message: detail === "" ? "Required value" : `Required value: ${detail}`,
  };
}

/** The value is none of `supported`. */
export function notSupported(path: string, value: Json, supported: readonly Json[]): FieldError {
  const list = supported.map((item) => JSON.stringify(typeof item === "string" ? item : JSON.stringify(item)));
  return {
    path,
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${shown(value)}: supported values: ${list.join(", ")}`,
  };
}

/** The value occurs twice. */
export function duplicate(path: string, value: Json): FieldError {
  return { path, reason: "FieldValueDuplicate", message: `Duplicate value: ${shown(value)}` };
}

/** The value may not be set or changed. */
export function forbidden(path: string, detail: string): FieldError {
  return { path, reason: "FieldValueForbidden", message: `Forbidden: ${detail}` };
}

/** The text is longer than `max` bytes. */
export function tooLong(path: string, max: number): FieldError {
  return { path, reason: "FieldValueTooLong", message: `Too long: may not be more than ${max} bytes` };
}

/** The list or map has more than `max` items. */
export function tooMany(path: string, counts: { actual: number; max: number }): FieldError {
  return {
    path,
    reason: "FieldValueTooMany",
    message: `Too many: ${counts.actual}: must have at most ${counts.max} items`,
  };
}

function shown(value: Json | undefined): string {
  return value === undefined ? "null" : JSON.stringify(value);
}
