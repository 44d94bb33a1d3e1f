import type { PathTarget } from "./request.ts";
import type { ApiRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { StoreKey } from "./store.ts";
import type { StoredVersion } from "./version.ts";
import { type FieldValidation, readWriteOptions } from "./write_options.ts";

/** What a write is about and how it is to be done. */
export interface WriteTarget {
  readonly resource: Resource;
  /** `undefined` for cluster-scoped Kinds. */
  readonly namespace: string | undefined;
  /** `""` for a create. */
  readonly name: string;
  /** `""` or `status`. */
  readonly subresource: string;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Who owns the written fields. */
  readonly manager: string;
  /** Collects what is sent as `Warning` headers, with a refusal too. */
  readonly warnings: string[];
}

/** What a write left behind. */
export interface WriteResult {
  readonly status: number;
  readonly version: StoredVersion;
}

/**
 * Reads the options of a write.
 *
 * @throws {ApiError} 422 for a value the server does not know
 */
export function writeTarget(request: ApiRequest, path: PathTarget, resource: Resource): WriteTarget {
  const { dryRun, fieldValidation, fieldManager } = readWriteOptions(request);
  return {
    resource,
    namespace: resource.namespaced ? path.namespace : undefined,
    name: path.name,
    subresource: path.subresource,
    dryRun,
    fieldValidation,
    manager: (fieldManager ?? (request.userAgent.split("/")[0] || "unknown")).slice(0, 128),
    warnings: [],
  };
}

/** The key of the object a write is about. */
export function keyOfTarget({ namespace, name }: WriteTarget): StoreKey {
  return { namespace, name };
}
