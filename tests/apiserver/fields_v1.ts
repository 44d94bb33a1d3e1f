/** `FieldsV1`: a set of paths as nested objects. Source: structured-merge-diff, `fieldpath/serialize.go`. */
import { isObject, type JsonObject } from "./json.ts";
import { pathSteps, pathText } from "./leaves.ts";

/** Encodes path texts. */
export function fieldsV1Of(paths: Iterable<string>): JsonObject {
  const root: JsonObject = {};
  for (const path of [...paths].sort()) {
    let node = root;
    for (const step of pathSteps(path)) {
      const next = node[step];
      if (isObject(next)) node = next;
      else {
        const created: JsonObject = {};
        node[step] = created;
        node = created;
      }
    }
    if (Object.keys(node).length > 0) node["."] = {};
  }
  return root;
}

/** Decodes to path texts. `"."` stands for the parent itself. */
export function pathsOfFieldsV1(fields: JsonObject, parents: readonly string[] = []): string[] {
  const entries = Object.entries(fields);
  if (entries.length === 0) return parents.length === 0 ? [] : [pathText(parents)];
  return entries.flatMap(([step, below]) => {
    if (step === ".") return parents.length === 0 ? [] : [pathText(parents)];
    return pathsOfFieldsV1(isObject(below) ? below : {}, [...parents, step]);
  });
}
