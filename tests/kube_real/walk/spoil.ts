/** What no API server should take. */
import { isObject, type Json, type JsonObject, objectOr } from "../../apiserver/json.ts";
import type { Choose } from "./choose.ts";
import { walkKinds } from "./kinds.ts";
import type { Context } from "./parts.ts";

/** Metadata that clients have no business to send. */
export function oddMetadata(choose: Choose): JsonObject {
  return choose.one<JsonObject>([
    { generation: 99 },
    { deletionTimestamp: "2020-01-01T00:00:00Z" },
    { name: "other" },
    { namespace: "other" },
    { uid: "other" },
    { creationTimestamp: null },
    { labels: { app: "not valid" } },
    { labels: { "no key!": "a" } },
    { labels: { app: 5 } },
    { annotations: { note: 5 } },
    { ownerReferences: [{ kind: "ConfigMap", name: "a" }] },
    { unknown: "x" },
  ]);
}

function isCustom({ apiVersion }: JsonObject): boolean {
  return walkKinds.some((kind) => kind.custom && kind.apiVersion === apiVersion);
}

/** Breaks a good body. */
export function spoil(object: JsonObject, { choose }: Context): Json {
  const { name: _name, ...nameless } = objectOr(object.metadata);
  const withMetadata = (metadata: JsonObject): JsonObject => ({
    ...object,
    metadata: { ...objectOr(object.metadata), ...metadata },
  });
  const { kind: _kind, ...kindless } = object;
  const { apiVersion: _apiVersion, ...versionless } = object;
  return choose.one<Json>([
    withMetadata(oddMetadata(choose)),
    withMetadata(oddMetadata(choose)),
    withMetadata({ name: "Not_Valid" }),
    withMetadata({ name: "x".repeat(260) }),
    withMetadata({ name: 5 }),
    withMetadata({ namespace: "elsewhere" }),
    { ...object, metadata: nameless },
    { ...object, metadata: "text" },
    { ...object, kind: "Secret" },
    { ...object, apiVersion: "v7" },
    isCustom(object) ? { ...object, spelt: "wrong" } : "{",
    kindless,
    versionless,
    "{",
    "[]",
    "",
    isCustom(object) ? "null" : "[]",
    isObject(object.metadata) ? { metadata: object.metadata } : {},
  ]);
}
