/** How lists and maps merge: by key, as sets, or as a whole. */
import type { Resource } from "./resource.ts";
import type { Schema } from "./schema.ts";

/** How a list or map at some place merges. */
export type MergeShape =
  | { readonly kind: "granular" }
  | { readonly kind: "atomic" }
  | { readonly kind: "set" }
  | { readonly kind: "keyed"; readonly keys: readonly string[] };

/** Tells how the value at a path of field names merges; `*` stands for any item of a list or map. */
export type MergeShapes = (path: readonly string[], isList: boolean) => MergeShape;

const granular: MergeShape = { kind: "granular" };
const atomic: MergeShape = { kind: "atomic" };

/** Merge keys of lists in built-in Kinds, by field name. Source: `patchMergeKey` tags in `k8s.io/api`. */
const builtinKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  volumes: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  env: "name",
  imagePullSecrets: "name",
  secrets: "name",
  conditions: "type",
  addresses: "type",
  ownerReferences: "uid",
  hostAliases: "ip",
  podIPs: "ip",
  hostIPs: "ip",
  topologySpreadConstraints: "topologyKey",
  webhooks: "name",
  matchConditions: "name",
};
const builtinSets: readonly string[] = ["finalizers"];

/** The merge key of a list in built-in Kinds; `undefined` for lists that are replaced. */
export function builtinListShape(path: readonly string[]): MergeShape {
  const field = path.at(-1) ?? "";
  if (builtinSets.includes(field)) return { kind: "set" };
  if (field === "ports") return { kind: "keyed", keys: [path.includes("containers") ? "containerPort" : "port"] };
  const key = builtinKeys[field];
  return key === undefined ? atomic : { kind: "keyed", keys: [key] };
}

/** How values of a Kind merge: metadata as everywhere, the rest by its schema or by the tags of built-in Kinds. */
export function mergeShapesOf(resource: Resource): MergeShapes {
  return function shapeOf(path, isList) {
    if (path[0] === "metadata" || resource.schema === undefined) return isList ? builtinListShape(path) : granular;
    const schema = schemaAt(resource.schema, path);
    if (isList) return listShape(schema);
    return schema?.mapType === "atomic" ? atomic : granular;
  };
}

function listShape(schema: Schema | undefined): MergeShape {
  if (schema?.listType === "set") return { kind: "set" };
  if (schema?.listType === "map") return { kind: "keyed", keys: schema.listMapKeys };
  return atomic;
}

function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  return path.reduce<Schema | undefined>((node, step) => {
    if (node === undefined) return undefined;
    const additional = typeof node.additional === "object" ? node.additional : undefined;
    return step === "*" ? node.items ?? additional : node.properties.get(step) ?? additional;
  }, schema);
}
