import { equalJson, isObject, type Json, parseJson } from "./json.ts";
import { type LeafMap, leavesOf } from "./leaves.ts";
import type { MergeShapes } from "./list_keys.ts";
import { type ApiObject, metaMap } from "./object.ts";

const annotation = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Paths that kubectl's client-side apply set and nobody has changed since: its server-side apply takes them over
 * without a conflict. Source: apimachinery, `managedfields/internal/lastappliedmanager.go`.
 */
export function lastAppliedPaths(
  object: ApiObject,
  { current, shapes }: { current: LeafMap; shapes: MergeShapes },
): ReadonlySet<string> {
  const text = metaMap(object, "annotations")[annotation];
  const config = text === undefined ? undefined : tryParse(text);
  if (!isObject(config)) return new Set();
  const leaves = leavesOf(config, shapes);
  return new Set([...leaves].filter(([path, value]) => equalJson(value, current.get(path))).map(([path]) => path));
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined; // anybody can write an annotation
  }
}
