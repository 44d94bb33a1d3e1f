import { isNotFound, type KubeObject, type ObjectMeta, type ResourceClient } from "../../crd/kube/mod.ts";
import type { CleanOptions } from "./deps.ts";

/** Holds our objects until what they stand for is given back. Source: spec/crds.md §1. */
const FINALIZER = "spiderpool.spidernet.io";

/** What an object needs to go. */
export type ObjectClient = Pick<ResourceClient<KubeObject>, "delete" | "getMetadata" | "patch">;

/**
 * Deletes one object and takes finalizers off. The deletion comes first: from then on nobody can add a finalizer.
 *
 * @param found metadata as it was listed
 * @returns finalizers of others that hold it still
 * @throws {KubeApiError} 409 if somebody else wrote it meanwhile: look again
 */
export async function removeObject(
  client: ObjectClient,
  found: ObjectMeta,
  { finalizers, signal }: Pick<CleanOptions, "finalizers"> & { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  try {
    const metadata = await terminating(client, found, signal);
    if (metadata === undefined) return [];
    const held = metadata.finalizers ?? [];
    const rest = finalizers === "all" ? [] : held.filter((finalizer) => finalizer !== FINALIZER);
    if (rest.length === held.length) return rest;
    const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: rest } };
    await client.patch(keyOfMeta(metadata), { type: "merge", patch }, { signal });
    return rest;
  } catch (err) {
    if (isNotFound(err)) return []; // that is what was wanted
    throw err;
  }
}

/** The object's metadata once it is marked as deleted, or `undefined` when nothing holds it. */
async function terminating(
  client: ObjectClient,
  found: ObjectMeta,
  signal: AbortSignal,
): Promise<ObjectMeta | undefined> {
  if (found.deletionTimestamp !== undefined) return found;
  await client.delete(keyOfMeta(found), { uid: found.uid, propagationPolicy: "Background", signal });
  if ((found.finalizers ?? []).length === 0) return undefined;
  const { metadata } = await client.getMetadata(keyOfMeta(found), { signal });
  return metadata.uid === found.uid ? metadata : undefined;
}

function keyOfMeta({ name, namespace }: ObjectMeta): { name: string; namespace?: string } {
  return namespace === undefined ? { name } : { name, namespace };
}
