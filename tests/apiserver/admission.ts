import type { ApiObject } from "./object.ts";
import type { Resource } from "./resource.ts";

/** A write on its way in. */
export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly resource: Resource;
  /** `""` or `status`. */
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** The object as it would be stored; absent for DELETE. Read-only. */
  readonly object: ApiObject | undefined;
  /** The object as it is stored; absent for CREATE. Read-only. */
  readonly oldObject: ApiObject | undefined;
  readonly dryRun: boolean;
}

/**
 * Admission: returns the object to store instead, or `undefined` to leave it.
 * A returned object is defaulted and pruned again before validation.
 *
 * @throws {ApiError} to refuse the write
 */
export type Admission = (request: AdmissionRequest) => Promise<ApiObject | undefined>;
