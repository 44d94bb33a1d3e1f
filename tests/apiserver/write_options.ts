/** Options of writes in the query. Source: apimachinery, `apis/meta/v1/validation`. */
import { type FieldError, forbidden, notSupported, required, tooLong } from "./field_error.ts";
import { invalidObject } from "./object_refusals.ts";
import type { ApiRequest } from "./request.ts";

/** How the server treats fields it does not know. */
export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** Options of a create, an update or a patch. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string | undefined;
}

const kinds: Readonly<Record<string, string>> = { POST: "CreateOptions", PUT: "UpdateOptions", PATCH: "PatchOptions" };

const maxManagerLength = 128;

/**
 * Reads the options of a write.
 *
 * @throws {ApiError} 422 for values the server does not know
 */
export function readWriteOptions({ method, query, contentType }: ApiRequest): WriteOptions {
  const { dryRun = "", fieldValidation = "", fieldManager = "", force } = query;
  const isApply = contentType.startsWith("application/apply-patch+yaml");
  const errors: FieldError[] = [];
  if (method === "PATCH" && isApply && fieldManager === "") {
    errors.push(required("fieldManager", "is required for apply patch"));
  }
  if (method === "PATCH" && !isApply && force !== undefined) {
    errors.push(forbidden("force", "may not be specified for non-apply patch"));
  }
  if (fieldManager.length > maxManagerLength) errors.push(tooLong("fieldManager", maxManagerLength));
  if (dryRun !== "" && dryRun !== "All") errors.push(notSupported("dryRun", [dryRun], ["All"]));
  if (!isFieldValidation(fieldValidation)) {
    errors.push(notSupported("fieldValidation", fieldValidation, ["", "Ignore", "Strict", "Warn"]));
  }
  if (errors.length > 0 || !isFieldValidation(fieldValidation)) throw optionsError(kinds[method] ?? "", errors);
  return {
    dryRun: dryRun === "All",
    fieldValidation: fieldValidation === "" ? "Warn" : fieldValidation,
    fieldManager: fieldManager || undefined,
  };
}

function isFieldValidation(text: string): text is FieldValidation | "" {
  return text === "" || text === "Ignore" || text === "Warn" || text === "Strict";
}

/** 422 about options; `kind` such as `DeleteOptions`. */
export function optionsError(kind: string, errors: readonly FieldError[]): Error {
  return invalidObject({ group: "meta.k8s.io", plural: "", kind }, "", errors);
}
