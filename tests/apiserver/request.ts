/** From a path to what is asked. */
import type { KubeMethod } from "../../crd/kube/contract.ts";
import type { FaultRequest, Verb } from "./faults.ts";

/** A request, whichever transport brought it. */
export interface ApiRequest {
  readonly client: string;
  readonly method: KubeMethod;
  /** Decoded nowhere yet: still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  /** `""` when the request names none. */
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly signal: AbortSignal | undefined;
}

/** What a path names. */
export interface PathTarget {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** `""` for cluster-scoped requests and for all namespaces. */
  readonly namespace: string;
  /** `""` for collections. */
  readonly name: string;
  /** `""` for the object itself. */
  readonly subresource: string;
}

/** Longest query value and path the server looks at, in UTF-16 units. */
const maxPathLength = 8192;

/** What paths that were asked for lately name: each request is looked at several times, and many are alike. */
const known = new Map<string, PathTarget | undefined>();
const maxKnown = 2000;

/** What a path below `/api` or `/apis` names; `undefined` for every other path and for group lists. */
export function parsePath(path: string): PathTarget | undefined {
  if (path.length > maxPathLength) return undefined;
  if (known.has(path)) return known.get(path);
  if (known.size >= maxKnown) known.clear();
  const target = targetOf(path);
  known.set(path, target);
  return target;
}

function targetOf(path: string): PathTarget | undefined {
  const parts = decodeParts(path);
  if (parts === undefined) return undefined;
  const start = parts[0] === "api" ? 1 : parts[0] === "apis" ? 2 : -1;
  const version = parts[start];
  if (start < 0 || version === undefined) return undefined;
  const group = start === 1 ? "" : parts[1] ?? "";
  return resourceTarget({ group, version }, parts.slice(start + 1));
}

function decodeParts(path: string): string[] | undefined {
  try {
    const parts = path.split("/").slice(1).map(decodeURIComponent);
    if (parts.at(-1) === "") parts.pop();
    return parts.includes("") ? undefined : parts;
  } catch {
    return undefined; // a malformed percent sign names nothing
  }
}

function resourceTarget(
  groupVersion: { group: string; version: string },
  rest: readonly string[],
): PathTarget | undefined {
  const inNamespace = rest[0] === "namespaces" && rest.length > 2 && !["status", "finalize"].includes(rest[2] ?? "");
  const [plural, name = "", subresource = "", ...more] = inNamespace ? rest.slice(2) : rest;
  if (plural === undefined || more.length > 0) return undefined;
  return { ...groupVersion, plural, name, subresource, namespace: inNamespace ? rest[1] ?? "" : "" };
}

/** Verb of a request on a resource, as RBAC names it. */
export function verbOf(method: KubeMethod, { name, watch }: { name: string; watch: boolean }): Verb {
  switch (method) {
    case "GET":
      return watch ? "watch" : name === "" ? "list" : "get";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name === "" ? "deletecollection" : "delete";
  }
}

/** Whether the query asks for a watch. */
export function asksWatch(query: Readonly<Record<string, string>>): boolean {
  return query.watch === "true" || query.watch === "1";
}

/** The request as fault plans see it. */
export function faultRequestOf(request: ApiRequest, target: PathTarget | undefined): FaultRequest {
  const { client, method, query } = request;
  if (target === undefined) {
    return { client, verb: "other", group: "", resource: "", subresource: "", namespace: "", name: "" };
  }
  return {
    client,
    verb: verbOf(method, { name: target.name, watch: asksWatch(query) }),
    group: target.group,
    resource: target.plural,
    subresource: target.subresource,
    namespace: target.namespace,
    name: target.name,
  };
}
