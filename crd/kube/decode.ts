/** Checks JSON where it enters: what every object and list has. */
import type { KubeList, KubeObject, PartialObjectMetadata, ResourceType } from "./contract.ts";

/** Turns JSON into a typed value. @throws {TypeError} if it is something else */
export type Decode<T> = (json: unknown) => T;

/** Whether `json` is a JSON object. */
export function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** `apiVersion` of a Kind: `v1`, or `group/version`. */
export function apiVersionOf({ group, version }: Pick<ResourceType<KubeObject>, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/**
 * A decoder for objects of one Kind. Items of typed lists carry no `apiVersion` and `kind`: they are filled in.
 *
 * @param decode checks the rest; absent: it is taken as it is
 */
export function objectDecoder<T extends KubeObject>(
  type: ResourceType<T>,
  decode?: ((json: KubeObject) => T) | undefined,
): Decode<T> {
  const apiVersion = apiVersionOf(type);
  return function decodeObject(json: unknown): T {
    const object = { apiVersion, kind: type.kind, ...checkedObject(json) };
    if (object.kind !== type.kind || object.apiVersion !== apiVersion) {
      throw new TypeError(`it is a ${object.apiVersion} ${object.kind}, not a ${apiVersion} ${type.kind}`);
    }
    // Without a decoder the schema is the server's word: it checked the object against it.
    return decode === undefined ? object as KubeObject as T : decode(object);
  };
}

/** Decodes metadata, from a PartialObjectMetadata or, where the server knows none, from the whole object. */
export function decodeMetadata(json: unknown): PartialObjectMetadata {
  return { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: checkedObject(json).metadata };
}

/** A decoder for lists of what `decodeItem` decodes. */
export function listDecoder<T>(decodeItem: Decode<T>): Decode<KubeList<T>> {
  return function decodeList(json: unknown): KubeList<T> {
    if (!isRecord(json) || !isRecord(json.metadata) || !Array.isArray(json.items ?? [])) {
      throw new TypeError("it is not a list");
    }
    const { resourceVersion, continue: token } = json.metadata;
    if (typeof resourceVersion !== "string") throw new TypeError("the list has no metadata.resourceVersion");
    const items = Array.isArray(json.items) ? json.items.map((item) => decodeItem(item)) : []; // Go writes no items as null
    return { items, resourceVersion, ...(typeof token === "string" && token !== "" && { continue: token }) };
  };
}

/** @throws {TypeError} if `json` lacks what every stored object has */
function checkedObject(json: unknown): Pick<KubeObject, "metadata"> & Partial<KubeObject> {
  if (!isRecord(json) || !isRecord(json.metadata)) throw new TypeError("it is not an object with metadata");
  const { name, namespace, resourceVersion, uid } = json.metadata;
  if (typeof name !== "string" || name === "") throw new TypeError("it has no metadata.name");
  for (const [field, value] of Object.entries({ namespace, resourceVersion, uid })) {
    if (value !== undefined && typeof value !== "string") throw new TypeError(`metadata.${field} is not a string`);
  }
  for (const field of ["apiVersion", "kind"]) {
    if (json[field] !== undefined && typeof json[field] !== "string") throw new TypeError(`${field} is not a string`);
  }
  return json as Record<string, unknown> & Pick<KubeObject, "metadata">;
}
