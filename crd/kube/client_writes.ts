/** Writes of one Kind: one function per verb. */
import type { DeleteOptions, Patch, SubresourceOptions, WriteOptions } from "./client_types.ts";
import { type Context, type ObjectCall, queryOf, type View } from "./client_context.ts";
import type { KubeObject, KubeRequest, ObjectKey } from "./contract.ts";
import { collectionPath, objectPath, requireNamespace } from "./path.ts";
import { sendFor } from "./request.ts";

/** POST of one object. */
export async function create<T extends KubeObject>(
  context: Context<T>,
  { decode }: View<T>,
  { object, call }: { readonly object: T; readonly call?: WriteOptions | undefined },
): Promise<T> {
  requireNamespace(context.type, object.metadata.namespace);
  const path = collectionPath(context.type, object.metadata.namespace);
  const request: KubeRequest = { method: "POST", path, query: writeQuery(context, call), body: JSON.stringify(object) };
  return await sendFor(context, request, { decode, call });
}

/** PUT of an object, or of a subresource of it. */
export async function update<T extends KubeObject>(
  context: Context<T>,
  view: View<T>,
  { object, call }: { readonly object: T; readonly call?: SubresourceOptions | undefined },
): Promise<T> {
  return await replace(context, view, { key: object.metadata, body: JSON.stringify(object), call });
}

/** PUT of a body that is serialized already. */
export async function replace<T extends KubeObject, V>(
  context: Context<T>,
  { accept, decode }: View<V>,
  { key, body, call }: ObjectCall<SubresourceOptions> & { readonly body: string },
): Promise<V> {
  const path = objectPath(context.type, key, { subresource: call?.subresource });
  return await sendFor(context, { method: "PUT", path, query: writeQuery(context, call), body, accept }, {
    decode,
    call,
  });
}

/** PATCH of an object, or of a subresource of it. */
export async function patchObject<T extends KubeObject>(
  context: Context<T>,
  { decode }: View<T>,
  { key, patch, call }: ObjectCall<SubresourceOptions> & { readonly patch: Patch },
): Promise<T> {
  const path = objectPath(context.type, key, { subresource: call?.subresource });
  const query = writeQuery(context, call, patch.type === "apply" ? { force: patch.force } : {});
  if (patch.type === "apply" && query.fieldManager === undefined) {
    throw new TypeError(`Cannot apply to ${path}: a field manager is required and none is given`);
  }
  return await sendFor(context, { method: "PATCH", path, query, ...patchBody(patch) }, { decode, call });
}

function patchBody(patch: Patch): { readonly contentType: string; readonly body: string } {
  switch (patch.type) {
    case "json":
      return { contentType: "application/json-patch+json", body: JSON.stringify(patch.operations) };
    case "merge":
      return { contentType: "application/merge-patch+json", body: JSON.stringify(patch.patch) };
    case "apply":
      return { contentType: "application/apply-patch+yaml", body: JSON.stringify(patch.object) };
    default:
      return patch satisfies never;
  }
}

/** DELETE of one object. */
export async function deleteObject<T extends KubeObject>(
  context: Context<T>,
  key: ObjectKey,
  call: DeleteOptions = {},
): Promise<void> {
  const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = call;
  const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
  const body = JSON.stringify({
    apiVersion: "v1",
    kind: "DeleteOptions",
    ...(preconditions && { preconditions }), // undefined fields do not appear in the JSON
    propagationPolicy,
    gracePeriodSeconds,
  });
  const request: KubeRequest = { method: "DELETE", path: objectPath(context.type, key), body };
  await sendFor(context, request, { decode: ignoreAnswer, call });
}

/** The answer to a DELETE is the object or a Status: neither is needed. */
function ignoreAnswer(): void {}

function writeQuery<T extends KubeObject>(
  context: Context<T>,
  call: WriteOptions | undefined,
  more: Readonly<Record<string, boolean | undefined>> = {},
): Record<string, string> {
  return queryOf({ fieldManager: call?.fieldManager ?? context.fieldManager, ...more });
}
