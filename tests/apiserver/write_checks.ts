/** What creates and updates check alike, and what they warn of. */
import { cannotHandle } from "./body.ts";
import { isObject, type JsonObject, stringOf } from "./json.ts";
import { type ApiObject, finalizersOf, metaString } from "./object.ts";
import type { Shaped } from "./prepare.ts";
import { badRequest, untyped } from "./request_refusals.ts";
import { conflict } from "./object_refusals.ts";
import type { WriteTarget } from "./write_target.ts";

/** Warns of fields that the Kind does not have, or throws `refuse` of them, as the request wants it. */
export function noteUnknownFields(
  { unknown }: Shaped,
  { fieldValidation, resource, warnings }: WriteTarget,
  refuse: (problem: string) => Error = (problem) => badRequest(cannotHandle(resource, problem)),
): void {
  if (unknown.length === 0 || fieldValidation === "Ignore") return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (fieldValidation === "Warn") return void warnings.push(...texts);
  throw refuse(`strict decoding error: ${texts.join(", ")}`);
}

/** Who writes a custom resource is told of finalizers that somebody else could use, too. */
export function noteFinalizers(
  object: ApiObject,
  { old, target: { resource, warnings } }: { old: ApiObject | undefined; target: WriteTarget },
): void {
  if (!resource.custom) return;
  const before = old === undefined ? [] : finalizersOf(old);
  const added = finalizersOf(object).filter((item) => !before.includes(item) && !standardFinalizers.includes(item));
  for (const item of added.filter((item) => !item.includes("/")).sort()) {
    const path = item.includes(".") ? " including a path (/)" : "";
    warnings.push(
      `metadata.finalizers: ${JSON.stringify(item)}: prefer a domain-qualified finalizer name${path} to avoid ` +
        "accidental conflicts with other finalizer writers",
    );
  }
}

const standardFinalizers = ["orphan", "foregroundDeletion", "kubernetes"];

/** Of a `metadata.resourceVersion` that is no number. */
export function malformedVersion(text: string): Error {
  return untyped(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Of a precondition that does not hold. */
export function otherUid({ resource, name }: WriteTarget, { wanted, uid }: { wanted: string; uid: string }): Error {
  return conflict(resource, name, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`);
}

/** @throws {ApiError} 400 if a body is about another object than the path */
export function checkIdentity(body: Readonly<JsonObject>, { name, namespace }: WriteTarget): void {
  const meta = body.metadata;
  const own = isObject(meta) ? stringOf(meta.name) ?? "" : "";
  if (own === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (own !== name) {
    throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  }
  const ownNamespace = metaString(body, "namespace");
  if (namespace !== undefined && ownNamespace !== undefined && ownNamespace !== namespace) {
    throw badRequest("the namespace of the object does not match the namespace on the request");
  }
}
