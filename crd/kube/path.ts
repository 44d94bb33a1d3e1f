import type { KubeObject, KubeRequest, ObjectKey, ResourceType } from "./contract.ts";

/**
 * Path of all objects of a Kind, or of those in one namespace.
 *
 * @param namespace absent or empty: all
 * @throws {TypeError} if the Kind has no namespaces
 */
export function collectionPath(type: ResourceType<KubeObject>, namespace?: string | undefined): string {
  const { group, version, plural, namespaced } = type;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  if (namespace === undefined || namespace === "") return `${root}/${plural}`;
  if (!namespaced) {
    throw new TypeError(`Cannot address ${plural} in namespace "${namespace}": the Kind is cluster-scoped`);
  }
  return `${root}/namespaces/${segment(namespace, type)}/${plural}`;
}

/**
 * Path of one object, or of its subresource.
 *
 * @throws {TypeError} if name or namespace are missing or cannot stand in a path
 */
export function objectPath(
  type: ResourceType<KubeObject>,
  { name, namespace }: ObjectKey,
  { subresource }: { readonly subresource?: string | undefined } = {},
): string {
  requireNamespace(type, namespace);
  const path = `${collectionPath(type, namespace)}/${segment(name, type)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/**
 * Checks that an object can be addressed.
 *
 * @throws {TypeError} if the Kind is namespaced and `namespace` is missing
 */
export function requireNamespace(
  { plural, namespaced }: ResourceType<KubeObject>,
  namespace: string | undefined,
): void {
  if (namespaced && (namespace === undefined || namespace === "")) {
    throw new TypeError(`Cannot address one of ${plural}: the Kind is namespaced and no namespace is given`);
  }
}

/** A request as errors and logs name it: `GET /api/v1/pods`, without the query. */
export function requestLabel({ method, path, query }: Pick<KubeRequest, "method" | "path" | "query">): string {
  return `${query?.watch === undefined ? method : "WATCH"} ${path}`;
}

/** Source: Kubernetes documentation, "Path segment names". */
function segment(name: string, { plural }: ResourceType<KubeObject>): string {
  if (name === "" || name === "." || name === ".." || /[/%]/.test(name)) {
    throw new TypeError(`Cannot address one of ${plural}: ${JSON.stringify(name)} is no object name`);
  }
  return encodeURIComponent(name);
}
