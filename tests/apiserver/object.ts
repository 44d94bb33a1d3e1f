import { type Json, type JsonObject, objectOr, stringOf } from "./json.ts";

/** An object as stored: read-only, deeply frozen. */
export type ApiObject = Readonly<JsonObject> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ApiMeta;
};

/** Metadata as stored. */
export type ApiMeta = Readonly<JsonObject> & { readonly name: string; readonly uid: string };

/** Metadata of any body, `{}` if it has none. */
export function metaOf(object: Readonly<JsonObject>): JsonObject {
  return objectOr(object.metadata);
}

/** A string of the metadata; `undefined` if absent or empty. */
export function metaString(object: Readonly<JsonObject>, key: string): string | undefined {
  return stringOf(metaOf(object)[key]) || undefined;
}

/** String entries of a map in the metadata (labels, annotations). */
export function metaMap(object: Readonly<JsonObject>, key: "labels" | "annotations"): Record<string, string> {
  const map = objectOr(metaOf(object)[key]);
  return map as Record<string, string>;
}

/** The finalizers of an object. */
export function finalizersOf(object: Readonly<JsonObject>): string[] {
  const list = metaOf(object).finalizers;
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
}

/** `object` with metadata keys replaced; `undefined` removes a key. Shares everything else. */
export function withMeta<T extends Readonly<JsonObject>>(object: T, changes: Record<string, Json | undefined>): T {
  const metadata = { ...metaOf(object) };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  return { ...object, metadata };
}

/** `object` with a top-level key replaced or, for `undefined`, removed. */
export function withField<T extends Readonly<JsonObject>>(object: T, key: string, value: Json | undefined): T {
  const copy: Record<string, Json> = { ...object };
  if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy as T;
}
