/** What becomes of objects of built-in Kinds when they are made and changed. */
import { withDefaults } from "./builtin_defaults.ts";
import { establishedCrd } from "./crd.ts";
import { arrayOr, at, cloneJson, type Json, type JsonObject, objectOr, stringOf } from "./json.ts";
import { type ApiObject, metaMap, withField, withMeta } from "./object.ts";
import type { Resource } from "./resource.ts";

const firstStatusByKind: Readonly<Record<string, JsonObject>> = {
  Namespace: { phase: "Active" },
  Pod: { phase: "Pending", qosClass: "BestEffort" },
  Service: { loadBalancer: {} },
};

interface PrepareContext {
  readonly resource: Resource;
  readonly timestamp: string;
}

/** Defaults and first status of a new object of a built-in Kind. */
export function prepareBuiltin(object: ApiObject, { resource, timestamp }: PrepareContext): ApiObject {
  if (resource.custom) return object;
  if (resource.kind === "CustomResourceDefinition") return establishedCrd(object, timestamp);
  const status = firstStatusByKind[resource.kind];
  const complete = withDefaults(resource.kind === "Namespace" ? withNamespaceFields(object) : object, resource.kind);
  return status === undefined ? complete : { ...complete, status: cloneJson(status) };
}

/** Defaults of a changed object of a built-in Kind, and what an update cannot change. */
export function refreshBuiltin(
  object: ApiObject,
  { resource, timestamp, old }: PrepareContext & { old: ApiObject },
): ApiObject {
  if (resource.custom) return object;
  if (resource.kind === "CustomResourceDefinition") return refreshedCrd(object, timestamp);
  return resource.kind === "Namespace" ? withField(object, "spec", old.spec) : withDefaults(object, resource.kind);
}

/** What an update of status cannot change: the quality of service of a Pod. */
export function refreshBuiltinStatus(
  object: ApiObject,
  { resource, old }: Pick<PrepareContext, "resource"> & { old: ApiObject },
): ApiObject {
  const qosClass = at(objectOr(old.status), "qosClass");
  if (resource.kind !== "Pod" || qosClass === undefined || at(objectOr(object.status), "qosClass") !== undefined) {
    return object;
  }
  return withField(object, "status", { ...objectOr(object.status), qosClass });
}

function refreshedCrd(object: ApiObject, timestamp: string): ApiObject {
  const since = stringOf(at(arrayOr(at(object as unknown as Json, "status", "conditions"))[0], "lastTransitionTime"));
  return establishedCrd(object, since ?? timestamp);
}

function withNamespaceFields(object: ApiObject): ApiObject {
  const labels = { ...metaMap(object, "labels"), "kubernetes.io/metadata.name": object.metadata.name };
  return { ...withMeta(object, { labels }), spec: { finalizers: ["kubernetes"] } };
}
